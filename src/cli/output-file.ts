import { randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  openSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { VultusError } from '../errors.ts';
import { reasonOf } from './files.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Of this process, neither complete nor given up, which a signal discards. */
const unfinished = new Set<OutputFile>();

/**
 * A file that is written beside its place and takes it when it is complete: one that fails, or is interrupted by a
 * signal, leaves nothing and costs no older file of that name. Exactly one of `complete` and `discard` ends it.
 */
export class OutputFile {
  /** Where to write. */
  readonly path: string;
  readonly #target: string;
  readonly #named: string;
  #ended = false;

  private constructor(named: string, target: string) {
    this.#named = named;
    this.#target = target;
    this.path = join(dirname(target), `.vultus-${randomUUID()}.part`);
  }

  /**
   * @param named as the user wrote it; always a file's name, never an address or an option
   * @param kind what is written, as users call it, and the endings that it may have
   * @param options `endsBySignal`: a signal is the usual end of what is written, and whoever writes it hears it
   * @throws VultusError `file_unusable` where it cannot be written, before any work is done for it
   */
  static create(
    named: string,
    kind: { name: string; endings: readonly string[] },
    { endsBySignal = false } = {},
  ): OutputFile {
    try {
      const { target, mode } = place(named);
      if (!kind.endings.includes(extname(named).toLowerCase())) {
        throw new Error(`${kind.name} is what can be written; end the name in ${kind.endings.join(' or ')}`);
      }
      const file = new OutputFile(named, target);
      // At one go: no signal finds a file that nobody would discard.
      closeSync(openSync(file.path, 'wx'));
      if (!endsBySignal) file.#watch();
      if (mode !== undefined) chmodSync(file.path, mode);
      return file;
    } catch (cause) {
      throw refusal(named, reasonOf(cause), cause);
    }
  }

  /** Writes all of it in one go. @throws VultusError `file_unusable` */
  async write(data: Uint8Array | string): Promise<void> {
    try {
      await writeFile(this.path, data);
    } catch (cause) {
      throw refusal(this.#named, reasonOf(cause), cause);
    }
  }

  /** Puts it in its place. @throws VultusError `file_unusable` */
  async complete(): Promise<void> {
    try {
      await rename(this.path, this.#target);
      this.#unwatch();
    } catch (cause) {
      throw refusal(this.#named, reasonOf(cause), cause);
    }
  }

  /** Leaves nothing of it; does nothing once it is complete. Idempotent. */
  discard(): void {
    if (this.#ended) return;
    rmSync(this.path, { force: true });
    this.#unwatch();
  }

  #watch(): void {
    if (unfinished.size === 0) for (const signal of SIGNALS) process.on(signal, endBySignal);
    unfinished.add(this);
  }

  #unwatch(): void {
    this.#ended = true;
    if (!unfinished.delete(this)) return;
    if (unfinished.size === 0) for (const signal of SIGNALS) process.off(signal, endBySignal);
  }
}

/** The file that a name means, behind links, and the access rights of what is there. */
function place(named: string): { target: string; mode: number | undefined } {
  const target = resolve(named);
  const there = statSync(target, { throwIfNoEntry: false });
  if (there?.isDirectory() || named.endsWith(sep)) throw new Error('it is a folder; name the file in it');
  if (!there) {
    const folder = statSync(dirname(target), { throwIfNoEntry: false });
    if (!folder) throw new Error(`there is no folder ${dirname(named)}`);
    return { target, mode: undefined };
  }
  if (!there.isFile()) throw new Error('it is no ordinary file');
  accessSync(target, constants.W_OK);
  return { target: realpathSync(target), mode: there.mode & 0o777 };
}

/** Discards all, then lets the signal end the process as it would have. */
function endBySignal(signal: NodeJS.Signals): void {
  for (const file of [...unfinished]) file.discard();
  process.kill(process.pid, signal);
}

function refusal(named: string, why: string, cause?: unknown): VultusError {
  return new VultusError('file_unusable', `${named} cannot be written: ${why}`, { cause });
}
