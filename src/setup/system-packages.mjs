/**
 * Packages of the machine itself, outside of this folder: installed only with leave. A machine that is nobody's own (a
 * container, a build machine) gives it; a person is asked, or gives it by `VULTUS_INSTALL=yes`.
 */
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { findProgram, runQuietly, SetupError } from './steps.mjs';

/**
 * @param {{ env: NodeJS.ProcessEnv, container: boolean, terminal: boolean }} machine
 * @returns {'yes' | 'no' | 'ask'}
 */
export function leaveToInstall({ env, container, terminal }) {
  if (env.VULTUS_INSTALL) return env.VULTUS_INSTALL === 'yes' ? 'yes' : 'no';
  if (container || (env.CI && env.CI !== 'false')) return 'yes';
  return terminal ? 'ask' : 'no';
}

/** Docker, Podman, Kubernetes and systemd say so each in its own way. @param {NodeJS.ProcessEnv} env */
function isContainer(env) {
  const files = ['/.dockerenv', '/run/.containerenv'];
  return files.some((file) => existsSync(file)) || Boolean(env.container || env.KUBERNETES_SERVICE_HOST);
}

/**
 * Installs Debian packages where that is possible (root, apt-get) and there is leave to.
 * @param {string[]} packages @param {string} what they are for, to be read after "for"
 * @param {import('./steps.mjs').Reporter} reporter
 * @returns {Promise<boolean>} false, and said why, where they were not
 * @throws {SetupError} where apt-get fails
 */
export async function installSystemPackages(packages, what, reporter) {
  const command = `apt-get install ${packages.join(' ')}`;
  if (!(await mayInstall(`${command}, for ${what}`, reporter))) return false;
  await reporter.step(what, `installing ${packages.join(', ')} (apt-get)`, () =>
    aptInstall(packages, command),
  );
  return true;
}

/**
 * Whether something may be installed outside of this folder, by root.
 * @param {string} what for instance a command @param {import('./steps.mjs').Reporter} reporter
 */
export async function mayInstall(what, reporter) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !findProgram('apt-get')) return false;
  const terminal = Boolean(process.stdin.isTTY && process.stdout.isTTY);
  const leave = leaveToInstall({ env: process.env, container: isContainer(process.env), terminal });
  if (leave === 'ask') return ask(`Run ${what}?`);
  if (leave === 'no') reporter.note(`not run without leave (VULTUS_INSTALL=yes): ${what}`);
  return leave === 'yes';
}

/** @param {string} question */
async function ask(question) {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

/** @param {string[]} packages @param {string} command */
async function aptInstall(packages, command) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  const hint = `This failed, and may work by hand: ${command}`;
  try {
    await runQuietly('apt-get', args, { env, hint });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // The package lists may be old or absent (containers ship without them).
    await runQuietly('apt-get', ['update'], { env, hint });
    await runQuietly('apt-get', args, { env, hint });
  }
}
