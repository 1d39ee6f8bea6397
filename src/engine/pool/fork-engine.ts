import type { ChildProcess } from 'node:child_process';
import { forkModule } from '../../child-process.ts';

const MAIN = new URL('../process/main.ts', import.meta.url);
const MAX_HEAP_MB = 1024;
/**
 * Little of what a session makes lives longer than a picture. V8 clears by one thread, whose helpers would only wait for
 * each other; the young whenever it holds some pictures' worth, since what a smaller one hands on to the old is cleared
 * with all of it, several times a second; and all of it when the old is three times what lives (24 MB), not one and a
 * half. Against 1 MB for the young and the usual growth, side by side: 3 full clearings in 30 s instead of 15, for 11 MB.
 * (A picture took 12.6 ms instead of 15.1, one run on cores so busy that four of five were left out: not yet measured
 * where all are made.)
 */
const FLAGS = ['--single-threaded-gc', '--max-semi-space-size=4', '--heap-growing-percent=200'];

/** Starts an engine process; operators see it as `vultus-engine`. */
export function forkEngine(): ChildProcess {
  // SVT-AV1 writes a page to its terminal for each stream.
  return forkModule(MAIN, { maxHeapMb: MAX_HEAP_MB, flags: FLAGS, env: { SVT_LOG: '0' } });
}
