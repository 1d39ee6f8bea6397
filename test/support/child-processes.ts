import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';

/**
 * The processes of a module that this process starts from now on, in order, so that a test can make one fail for real.
 * @param ending of the module's path
 */
export function childProcessesOf(ending: string): readonly ChildProcess[] {
  const children: ChildProcess[] = [];
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    // Its arguments are known once it runs.
    child.once('spawn', () => {
      if (child.spawnargs.some((argument) => argument.endsWith(ending))) children.push(child);
    });
  });
  return children;
}
