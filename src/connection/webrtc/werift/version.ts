import { readFileSync } from 'node:fs';
import { VultusError } from '../../../errors.ts';

/** Those whose insides the patches of this folder were tested with. */
const TESTED = ['0.25.2'];

/**
 * To be called before a server begins. `version`: default the installed one.
 * @throws VultusError `dependency_unsupported`
 */
export function requireTestedWerift(version = installedVersion()): void {
  if (TESTED.includes(version)) return;
  throw new VultusError(
    'dependency_unsupported',
    `werift ${version} is installed, and the patches of it were tested with ${TESTED.join(', ')}`,
  );
}

function installedVersion(): string {
  const packageFile = new URL('../package.json', import.meta.resolve('werift'));
  return JSON.parse(readFileSync(packageFile, 'utf8')).version;
}
