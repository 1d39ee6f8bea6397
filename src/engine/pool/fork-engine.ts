import type { ChildProcess } from 'node:child_process';
import { forkModule } from '../../child-process.ts';

const MAIN = new URL('../process/main.ts', import.meta.url);
const MAX_HEAP_MB = 1024;

/** Starts an engine process; operators see it as `vultus-engine`. */
export function forkEngine(): ChildProcess {
  // SVT-AV1 writes a page to its terminal for each stream.
  return forkModule(MAIN, { maxHeapMb: MAX_HEAP_MB, env: { SVT_LOG: '0' } });
}
