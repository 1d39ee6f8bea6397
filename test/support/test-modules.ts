import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { testModulesPath } from '../../src/setup/counterparts.mjs';

/** A `node_modules` with packages that are no dependencies of ours. */
export const TEST_MODULES = testModulesPath();

/** @returns why what needs this package of them cannot run here; undefined where it can */
export function testModulesLack(name: string): string | undefined {
  if (existsSync(join(TEST_MODULES, name))) return undefined;
  return `${name} is not here (npm test installs it; VULTUS_TEST_NODE_MODULES names another node_modules)`;
}
