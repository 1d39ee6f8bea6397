import type { ChildProcess } from 'node:child_process';
import { childProcessesOf } from './child-processes.ts';

/** The engine processes that this process has started, in order. */
export const engineProcesses = childProcessesOf('/engine/process/main.ts');

/** Those that run now. */
export function runningEngines(): ChildProcess[] {
  return engineProcesses.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
}
