/** Processes of the server's own: how they are started, what they leave behind, and what they live by. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

const THREADS = '/proc/self/task';
/** Of a program that stands on the command line, after them: only that one process runs it. */
const PROGRAM_FLAGS = ['-e', '--eval', '-p', '-pe', '--print'];
/** Kept of what a process, or the native code in it, writes to its terminal. */
const LAST_WORDS_LENGTH = 2000;

export interface ForkOptions {
  /** Of JavaScript objects; a process that needs more ends by itself instead of taking the machine's memory. */
  maxHeapMb: number;
  /** Of Node's or V8's, beside those of this process. */
  flags?: readonly string[];
  /** Beside what this process has. */
  env?: Record<string, string>;
}

/**
 * Starts a process of a module, by the Node and the flags that this process runs with. It talks by structured clone,
 * and its terminal is ours to read and to throw away. The module calls `belongToParent` first.
 */
export function forkModule(module: URL, { maxHeapMb, flags = [], env }: ForkOptions): ChildProcess {
  return fork(fileURLToPath(module), {
    serialization: 'advanced',
    execArgv: [...process.execArgv.filter(isForAll), `--max-old-space-size=${maxHeapMb}`, ...flags],
    env: { ...env, ...process.env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

/** Whether a flag of Node's is for every process: a second debugger would want the port of the first. */
function isForAll(flag: string, i: number, flags: readonly string[]): boolean {
  const isOfProgram = (other: string | undefined) => PROGRAM_FLAGS.includes(other ?? '');
  return !flag.startsWith('--inspect') && !isOfProgram(flag) && !isOfProgram(flags[i - 1]);
}

/** For what a process has to say to others when its server has ended. */
const FAREWELL_MS = 1000;

/**
 * Lets this process live exactly as long as the one that started it by `forkModule` wants it to.
 * @param title as operators see it
 * @param farewell what it does when the server has ended; it is given a second
 */
export function belongToParent(title: string, farewell?: () => Promise<unknown>): void {
  // Whoever stops the server, by the keyboard or as a service, signals its whole group: what runs is to finish first.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  // The server has ended, in whatever way.
  process.once('disconnect', () => {
    if (!farewell) process.exit();
    setTimeout(() => process.exit(), FAREWELL_MS);
    void farewell().finally(() => process.exit());
  });
  process.title = title;
}

/** Lets whatever else runs on the machine go first. To be called before there is work: see below. */
export function yieldToOthers(): void {
  // On Linux a priority is a thread's own, and threads that are started later begin with that of their starter.
  const threads = existsSync(THREADS) ? readdirSync(THREADS).map(Number) : [0];
  for (const thread of threads) {
    try {
      setPriority(thread, Math.max(getPriority(thread), constants.priority.PRIORITY_BELOW_NORMAL));
    } catch {
      // It has just ended.
    }
  }
}

/** How a process ended, in words. */
export function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  return `its process ended ${signal ? `by ${signal}` : `with code ${code}`}`;
}

/** The end of what a process wrote to stderr: why native code has ended it, where it said so. */
export class LastWords {
  #text = '';

  constructor(child: ChildProcess) {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#text = (this.#text + text).slice(-LAST_WORDS_LENGTH);
    });
  }

  get text(): string {
    return this.#text.trim();
  }

  /** For the log: what an error was caused by. */
  get cause(): Error | undefined {
    return this.text ? new Error(`its last words: ${this.text}`) : undefined;
  }
}
