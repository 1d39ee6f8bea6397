import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../process/main.ts', import.meta.url));
/** Of JavaScript objects; a process that needs more ends by itself instead of taking the machine's memory. */
const MAX_HEAP_MB = 1024;
/** Kept of what a process, or the native code in it, writes to its terminal. */
const LAST_WORDS_LENGTH = 2000;

/**
 * Starts an engine process, by the Node and the flags that this process runs with. It talks by structured clone, its
 * terminal is ours to read and to throw away, and operators see it as `vultus-engine`.
 */
export function forkEngine(): ChildProcess {
  return fork(MAIN, {
    serialization: 'advanced',
    execArgv: [
      // A second debugger would want the port of the first.
      ...process.execArgv.filter((flag) => !flag.startsWith('--inspect')),
      `--max-old-space-size=${MAX_HEAP_MB}`,
    ],
    // SVT-AV1 writes a page to its terminal for each stream.
    env: { SVT_LOG: '0', ...process.env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
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
}
