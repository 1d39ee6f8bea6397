/** Inputs that once failed, kept as small files: `corpus/TARGET/HASH.bin`, or `.json` where they are no bytes. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoredInput } from './target.ts';

const FOLDER = fileURLToPath(new URL('corpus', import.meta.url));

/** In JSON, bytes are `{"$bytes": "hex"}`. */
export function storeInput(input: unknown): StoredInput {
  if (input instanceof Uint8Array) return { ending: 'bin', bytes: input };
  const json = JSON.stringify(
    input,
    (_, value) => (value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString('hex') } : value),
    1,
  );
  return { ending: 'json', bytes: Buffer.from(`${json}\n`) };
}

export function restoreInput({ ending, bytes }: StoredInput): unknown {
  if (ending === 'bin') return new Uint8Array(bytes);
  return JSON.parse(Buffer.from(bytes).toString(), (_, value) =>
    typeof value?.$bytes === 'string' ? new Uint8Array(Buffer.from(value.$bytes, 'hex')) : value,
  );
}

/** All that is kept of a target, in a fixed order. */
export function readCorpus(target: string): { file: string; input: unknown }[] {
  const folder = join(FOLDER, target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.(bin|json)$/.test(name))
    .sort()
    .map((name) => {
      const file = join(folder, name);
      const ending = name.endsWith('.bin') ? 'bin' : 'json';
      return { file, input: restoreInput({ ending, bytes: readFileSync(file) }) };
    });
}

/** @returns the file */
export function saveToCorpus(target: string, { ending, bytes }: StoredInput): string {
  const folder = join(FOLDER, target);
  mkdirSync(folder, { recursive: true });
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const file = join(folder, `${hash}.${ending}`);
  writeFileSync(file, bytes);
  return file;
}
