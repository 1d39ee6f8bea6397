import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding, StoredInput } from './target.ts';

/** Beyond its time a round may start a server and make a failure smaller; after that it hangs. */
const GRACE_MS = 120_000;

/**
 * One round in a process of its own: one that dies or hangs is a finding too, with the last input that it tried.
 * @returns undefined where all is well
 */
export async function fuzzRound(target: string, seed: number, limitMs: number): Promise<Finding | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'vultus-fuzz-'));
  const inputFile = join(folder, 'input');
  const child = fork(
    fileURLToPath(new URL('round.ts', import.meta.url)),
    [target, String(seed), String(limitMs), inputFile],
    { serialization: 'advanced', stdio: ['ignore', 'inherit', 'pipe', 'ipc'] },
  );
  let finding: Finding | undefined;
  child.on('message', (message) => {
    finding = message as Finding;
  });
  let lastWords = '';
  child.stderr!.on('data', (text) => {
    lastWords = (lastWords + text).slice(-4000);
  });
  let hangs = false;
  const timer = setTimeout(() => {
    hangs = true;
    child.kill('SIGKILL');
  }, limitMs + GRACE_MS);
  try {
    const how = await new Promise<string | undefined>((resolve) =>
      child.once('close', (code, signal) => resolve(code === 0 ? undefined : String(signal ?? code))),
    );
    if (finding || how === undefined) return finding;
    const message = hangs ? 'hangs' : `ended the process (${how})\n${lastWords}`;
    return { target, seed, message, input: lastInput(inputFile) };
  } finally {
    clearTimeout(timer);
    rmSync(folder, { recursive: true });
  }
}

function lastInput(file: string): StoredInput {
  const ending = existsSync(`${file}.bin`) ? 'bin' : 'json';
  const name = `${file}.${ending}`;
  return { ending, bytes: existsSync(name) ? readFileSync(name) : new Uint8Array(0) };
}
