import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { counterpartsFolder, pythonPath } from '../../src/setup/counterparts.mjs';

/** For a program that is asked what it waits for. */
const LAST_WORDS_MS = 2000;
/** Of what a program printed: the end, where what was found stands. */
const MOST_SAID = 8000;

const PYTHON = pythonPath();

/** What programs keep for those that come after them: compiled modules, checked types. */
export const PYTHON_CACHE = join(counterpartsFolder(), 'python-cache');

/** Thousands of modules are compiled once, whatever the environment says of it, and nothing is left beside them. */
const KEPT = { PYTHONDONTWRITEBYTECODE: '', PYTHONPYCACHEPREFIX: join(PYTHON_CACHE, 'modules') };

/** @returns why a Python program that needs this module cannot run here; undefined where it can */
export function pythonLacks(module: string): string | undefined {
  const missing = 'is not here (npm test installs it; VULTUS_TEST_PYTHON names another Python)';
  if (!existsSync(PYTHON)) return `Python with ${module} ${missing}`;
  const look = 'import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)';
  const { status } = spawnSync(PYTHON, ['-c', look, module]);
  return status === 0 ? undefined : `${PYTHON} with ${module} ${missing}`;
}

/**
 * Runs a program to its end, in a folder where it finds no settings of somebody's.
 * @returns its exit status, undefined where it took too long, and the end of what it printed
 */
export function runPython(
  args: readonly string[],
  { env, limitMs }: { env?: Record<string, string>; limitMs: number },
): Promise<{ status: number | undefined; said: string }> {
  const options = {
    cwd: tmpdir(),
    env: { ...process.env, ...KEPT, ...env },
    timeout: limitMs,
    killSignal: 'SIGKILL' as const,
    maxBuffer: 2 ** 26,
  };
  return new Promise((resolve) => {
    execFile(PYTHON, args, options, (error, stdout, stderr) => {
      const status = error ? (typeof error.code === 'number' ? error.code : undefined) : 0;
      resolve({ status, said: (stdout + stderr).slice(-MOST_SAID) });
    });
  });
}

/**
 * A program of `test/support/counterparts` that goes on beside the test: it is told things by lines of JSON, and tells
 * things by lines of JSON; whatever else it prints is its log.
 */
export class PythonProgram {
  readonly #process: ChildProcess;
  readonly #events: Record<string, unknown>[] = [];
  readonly #waiting = new Set<() => void>();
  #log = '';
  #ended = false;

  /** @param script a file name */
  constructor(script: string, args: readonly string[] = [], env: Record<string, string> = {}) {
    const pathOf = (name: string) => fileURLToPath(new URL(`counterparts/${name}`, import.meta.url));
    this.#process = spawn(PYTHON, ['-u', pathOf('say_where.py'), pathOf(script), ...args], {
      cwd: tmpdir(),
      env: { ...process.env, ...KEPT, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#process.stderr!.on('data', (data) => this.#note(String(data)));
    // A program that has ended takes nothing more.
    this.#process.stdin!.on('error', () => {});
    createInterface({ input: this.#process.stdout! }).on('line', (line) => this.#take(line));
    this.#process.once('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** All that it has told, in order. */
  get events(): readonly Record<string, unknown>[] {
    return this.#events;
  }

  /** The end of what else it printed. */
  get log(): string {
    return this.#log;
  }

  tell(message: unknown): void {
    this.#process.stdin!.write(`${JSON.stringify(message)}\n`);
  }

  /**
   * The first thing told, of all so far and to come, that is as asked for.
   * @throws Error where it ends, or the time does, before; with what it waits for
   */
  async next<T extends Record<string, unknown>>(
    isWanted: (event: Record<string, unknown>) => unknown,
    limitMs = 30_000,
  ): Promise<T> {
    const endMs = performance.now() + limitMs;
    for (;;) {
      const found = this.#events.find(isWanted);
      if (found) return found as T;
      const leftMs = endMs - performance.now();
      // A machine that stood still has the time over before what came meanwhile is read.
      if (leftMs <= 0) await this.#sayWhere();
      if (this.#events.some(isWanted)) continue;
      if (this.#ended || leftMs <= 0) {
        const why = this.#ended ? 'the program has ended' : `nothing for ${limitMs} ms`;
        throw new Error(`${why}; it told ${JSON.stringify(this.#events.slice(-20))}\n${this.#log}`);
      }
      await this.#change(leftMs);
    }
  }

  /** @returns its exit status, undefined where a signal ended it */
  async close(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | undefined> {
    if (!this.#ended) {
      this.#process.kill(signal);
      await once(this.#process, 'close');
    }
    return this.#process.exitCode ?? undefined;
  }

  /** Into its log. */
  async #sayWhere(): Promise<void> {
    const before = this.#log;
    if (!this.#ended) this.#process.kill('SIGUSR1');
    for (let i = 0; i < 20 && !this.#ended && this.#log === before; i++) await sleep(LAST_WORDS_MS / 20);
  }

  #take(line: string): void {
    try {
      this.#events.push(JSON.parse(line));
    } catch {
      this.#note(`${line}\n`);
    }
    this.#wake();
  }

  #note(text: string): void {
    this.#log = (this.#log + text).slice(-MOST_SAID);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #change(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      this.#waiting.add(done);
    });
  }
}
