import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';

/** The engine processes that this process has started, in order, so that a test can make one fail for real. */
export const engineProcesses: ChildProcess[] = [];

subscribe('child_process', (message) => {
  const { process: child } = message as { process: ChildProcess };
  // Its arguments are known once it runs.
  child.once('spawn', () => {
    if (child.spawnargs.some((argument) => argument.endsWith('/engine/process/main.ts'))) {
      engineProcesses.push(child);
    }
  });
});

/** Those that run now. */
export function runningEngines(): ChildProcess[] {
  return engineProcesses.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
}
