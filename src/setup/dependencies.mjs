/** npm packages as package-lock.json names them, and the one native module that has to be compiled. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, ROOT, runQuietly, SetupError } from './steps.mjs';
import { installSystemPackages } from './system-packages.mjs';

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, link?: boolean, peer?: boolean }> }} Lock */

/**
 * Stamp of an installation: it changes with the lock file and with the Node that native modules are built for.
 * @param {string} lockText @param {string} nodeVersion
 */
export function installStamp(lockText, nodeVersion) {
  const major = nodeVersion.split('.')[0];
  return createHash('sha256')
    .update(`${lockText}\n${process.platform} ${process.arch} node ${major}`)
    .digest('hex');
}

/**
 * Whether what npm installed (its own `node_modules/.package-lock.json`) is what the lock file asks for.
 * Optional packages may be absent: they are for other machines.
 * @param {Lock} wanted @param {Lock} installed
 */
export function lockIsSatisfied(wanted, installed) {
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (path === '') continue;
    const have = installed.packages[path];
    if (have ? have.version !== entry.version : !entry.optional) return false;
  }
  return Object.keys(installed.packages).every((path) => path === '' || path in wanted.packages);
}

/** @param {import('./runtime.mjs').Runtime} runtime @param {import('./steps.mjs').Reporter} reporter */
export async function prepareDependencies(runtime, reporter) {
  const lockText = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const stamp = installStamp(lockText, runtime.version);
  const stampFile = join(ROOT, 'node_modules/.vultus-stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    reporter.done('dependencies', 'up to date');
    return;
  }
  const installedFile = join(ROOT, 'node_modules/.package-lock.json');
  const installed = existsSync(installedFile) && JSON.parse(readFileSync(installedFile, 'utf8'));
  if (!installed || !lockIsSatisfied(JSON.parse(lockText), installed)) {
    await reporter.step('dependencies', 'npm ci, about 900 MB with the media and inference libraries', () =>
      runQuietly(runtime.node, [runtime.npmCli, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        env: runtime.env,
        hint: 'The dependencies could not be installed: check the connection to the npm registry and try again.',
      }),
    );
  }
  await prepareOpus(runtime, reporter);
  writeFileSync(stampFile, stamp);
}

/**
 * @discordjs/opus comes as C++ source. It is compiled here and not by an install script of npm, because npm
 * versions differ in whether they run those, and the other packages' scripts only download what we don't use.
 * @param {import('./runtime.mjs').Runtime} runtime @param {import('./steps.mjs').Reporter} reporter
 */
async function prepareOpus(runtime, reporter) {
  const loads = () =>
    runQuietly(runtime.node, ['-e', "new (require('@discordjs/opus').OpusEncoder)(48000, 1)"], {
      env: runtime.env,
      hint: 'The Opus codec was built but does not load on this machine.',
    });
  try {
    await loads();
    return;
  } catch {
    // Not built yet, or for another Node.
  }
  const missing = process.platform === 'win32' ? [] : missingCompilerParts();
  const source =
    missing.length === 0 ||
    (await installSystemPackages(['g++', 'make', 'python3'], 'the compiler of the Opus codec', reporter));
  const howTo =
    process.platform === 'darwin'
      ? 'run: xcode-select --install'
      : process.platform === 'win32'
        ? 'install Python 3 and the "Desktop development with C++" workload of Visual Studio Build Tools'
        : 'install g++, make and python3 (Debian, Ubuntu: sudo apt-get install g++ make python3; Fedora: sudo dnf install gcc-c++ make python3)';
  const hint = `The Opus codec is compiled once and that failed${missing.length > 0 && !source ? ` (missing: ${missing.join(', ')})` : ''}: ${howTo}, then try again.`;
  const builder = join(ROOT, 'node_modules/@discordjs/node-pre-gyp/bin/node-pre-gyp');
  // Without a compiler a ready-made binary may still exist for this machine.
  const args = source ? ['install', '--build-from-source'] : ['install'];
  await reporter.step('Opus codec', source ? 'compiling' : 'looking for a ready-made binary', async () => {
    await runQuietly(runtime.node, [builder, ...args], {
      cwd: join(ROOT, 'node_modules/@discordjs/opus'),
      env: runtime.env,
      hint,
    });
    await loads();
  });
}

function missingCompilerParts() {
  const missing = [];
  if (!findProgram('c++') && !findProgram('g++') && !findProgram('clang++')) missing.push('g++');
  if (!findProgram('make')) missing.push('make');
  if (!findProgram('python3') && !findProgram('python')) missing.push('python3');
  return missing;
}

/** Path of a program of an installed package. @param {string} path inside node_modules */
export function packageFile(path) {
  const file = join(ROOT, 'node_modules', path);
  if (!existsSync(file))
    throw new SetupError(`${path} is missing in node_modules: delete node_modules and try again.`);
  return file;
}
