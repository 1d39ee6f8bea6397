import type { ChildProcess } from 'node:child_process';
import { forkModule } from '../../child-process.ts';

const MAIN = new URL('../process/main.ts', import.meta.url);
const MAX_HEAP_MB = 1024;
/**
 * Little of what a session makes lives longer than a picture, but voice and features lie outside of the heap, and V8
 * clears all of it four times a second for them, with threads that wait for each other. By its own thread alone, and the
 * young before that, engines work 2.9 ms instead of 3.7 for a picture that its viewer draws (ten sessions, two cores).
 */
const FLAGS = ['--single-threaded-gc', '--max-semi-space-size=1'];

/** Starts an engine process; operators see it as `vultus-engine`. */
export function forkEngine(): ChildProcess {
  // SVT-AV1 writes a page to its terminal for each stream.
  return forkModule(MAIN, { maxHeapMb: MAX_HEAP_MB, flags: FLAGS, env: { SVT_LOG: '0' } });
}
