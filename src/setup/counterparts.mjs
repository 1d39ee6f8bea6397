/**
 * Programs of others that tests talk to: a LiveKit server, built by Go, a Python with LiveKit's agents, Pipecat,
 * WebRTC peers and the like, and npm packages that are no dependencies of ours for their size. They are kept in the user's cache, where the next clone finds them again, each in a
 * folder that gets its name when it is complete. Where one cannot be had, its tests are left out.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { compareVersions } from './runtime.mjs';
import { findProgram, ROOT, runQuietly, SetupError, succeeds } from './steps.mjs';
import { installSystemPackages } from './system-packages.mjs';

/** In place of a path: what needs this counterpart is left out. */
export const NO_COUNTERPART = 'none';

const LIVEKIT_MODULE = 'github.com/livekit/livekit-server/cmd/server';
const LIVEKIT_VERSION = '1.13.5';
const GO_VERSION = '1.26.0';
/** The pinned packages have no wheels for older ones. */
const PYTHON_VERSION = '3.11.0';
const REQUIREMENTS = join(ROOT, 'test/support/counterparts/requirements.txt');
const CONSTRAINTS = join(ROOT, 'test/support/counterparts/constraints.txt');
const NPM = join(ROOT, 'test/support/counterparts/npm');

/** A network that swallows everything must not hold up the tests for longer. */
const LIMIT_MS = 15 * 60_000;
const UNUSED_MS = 30 * 24 * 3_600_000;

/** @param {NodeJS.ProcessEnv} [env] */
export function counterpartsFolder(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'vultus/counterparts');
}

/** Where the LiveKit server is, or would be, or `none`. @param {NodeJS.ProcessEnv} [env] */
export function liveKitServerPath(env = process.env) {
  const program = process.platform === 'win32' ? 'server.exe' : 'server';
  return (
    env.VULTUS_LIVEKIT_SERVER ?? join(counterpartsFolder(env), `livekit-server-${LIVEKIT_VERSION}`, program)
  );
}

/**
 * Where the Python with the packages of `test/support/counterparts` is, or would be, or `none`.
 * Only its `bin/python` works where it is; the other scripts are called by `-m`.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function pythonPath(env = process.env) {
  if (env.VULTUS_TEST_PYTHON !== undefined) return env.VULTUS_TEST_PYTHON;
  return join(counterpartsFolder(env), `python-${hashOf(REQUIREMENTS, CONSTRAINTS)}`, pythonIn);
}

/**
 * The `node_modules` with the packages of `test/support/counterparts/npm`, or where it would be, or `none`.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function testModulesPath(env = process.env) {
  if (env.VULTUS_TEST_NODE_MODULES !== undefined) return env.VULTUS_TEST_NODE_MODULES;
  return join(counterpartsFolder(env), `npm-${hashOf(join(NPM, 'package-lock.json'))}`, 'node_modules');
}

/** @param {string[]} files */
function hashOf(...files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

const pythonIn = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';

/**
 * @typedef {object} Counterpart
 * @property {string} name
 * @property {string} variable environment variable that names another one, or `none`
 * @property {string} path
 * @property {string} what is done to get it
 * @property {() => Promise<string | undefined> | string | undefined} missing why it cannot be had here
 * @property {(draft: string, signal: AbortSignal) => Promise<unknown>} install into an empty folder
 */

/**
 * @param {import('./runtime.mjs').Runtime} runtime @param {import('./steps.mjs').Reporter} reporter
 * @returns {Counterpart[]}
 */
function all(runtime, reporter) {
  return [
    {
      name: 'LiveKit server',
      variable: 'VULTUS_LIVEKIT_SERVER',
      path: liveKitServerPath(),
      what: `building ${LIVEKIT_VERSION} with Go, once`,
      missing: () => olderThan('go', ['env', 'GOVERSION'], GO_VERSION, 'Go'),
      install: installLiveKitServer,
    },
    {
      name: 'Python of the tests',
      variable: 'VULTUS_TEST_PYTHON',
      path: pythonPath(),
      what: 'fetching its packages, about 1 GB, once',
      missing: () => noVirtualEnvironment(reporter),
      install: installPython,
    },
    {
      name: 'npm packages of the tests',
      variable: 'VULTUS_TEST_NODE_MODULES',
      path: testModulesPath(),
      what: "fetching LiveKit's agents and client, about 300 MB, once",
      missing: () => undefined,
      install: (draft, signal) => installNpm(runtime, draft, signal),
    },
  ];
}

/**
 * Begins what takes long (two minutes, the first time), so that it goes on beside the other steps.
 * @param {import('./runtime.mjs').Runtime} runtime @param {import('./steps.mjs').Reporter} reporter
 * @returns {Promise<{ finish(): Promise<Record<string, string>>, stop(): void }>} `finish`: environment variables with
 *   the paths, or `none` where one could not be had, and said why
 */
export async function startCounterparts(runtime, reporter) {
  const stopping = new AbortController();
  const limit = setTimeout(() => stopping.abort(), LIMIT_MS).unref();
  /** @type {{ counterpart: Counterpart, missing?: string, work?: Promise<string | undefined> }[]} */
  const started = [];
  for (const counterpart of all(runtime, reporter)) {
    const missing = await lack(counterpart);
    const work = existsSync(counterpart.path) || missing ? undefined : obtain(counterpart, stopping.signal);
    started.push({ counterpart, missing, work });
  }
  return {
    stop: () => stopping.abort(),
    async finish() {
      /** @type {Record<string, string>} */
      const env = {};
      for (const { counterpart, missing, work } of started) {
        const { name, path, variable } = counterpart;
        const failure = missing ?? (work && (await reporter.step(name, counterpart.what, () => work)));
        env[variable] = failure ? NO_COUNTERPART : path;
        if (failure) reporter.note(`left out: tests with the ${name}. ${failure}`);
        else reporter.done(name, path);
      }
      clearTimeout(limit);
      removeUnused(started.map(({ counterpart }) => counterpart.path));
      return env;
    },
  };
}

/** @param {Counterpart} counterpart @returns {Promise<string | undefined>} why it is left out */
async function lack({ path, variable, missing }) {
  if (path === NO_COUNTERPART) return `${variable} says so.`;
  if (existsSync(path)) return undefined;
  if (process.env[variable]) throw new SetupError(`${variable} names ${path}, which does not exist.`);
  if (process.env.VULTUS_INSTALL === 'no') return 'VULTUS_INSTALL says that nothing is to be installed.';
  return missing();
}

/** @param {Counterpart} counterpart @param {AbortSignal} signal @returns {Promise<string | undefined>} why it failed */
async function obtain({ path, install }, signal) {
  let draft;
  try {
    mkdirSync(counterpartsFolder(), { recursive: true });
    draft = mkdtempSync(join(counterpartsFolder(), 'draft-'));
    await install(draft, signal);
    renameSync(draft, folderOf(path));
    return undefined;
  } catch (error) {
    // Another set-up may have been faster.
    return existsSync(path) ? undefined : inOneLine(error);
  } finally {
    if (draft) rmSync(draft, { recursive: true, force: true });
  }
}

/** What failed, and the last that it said. @param {unknown} error */
function inOneLine(error) {
  const lines = String(error instanceof Error ? error.message : error)
    .split('\n')
    .filter((line) => line.trim());
  const said = lines.at(-2);
  return `${lines.at(-1)}${said ? ` (${said.trim()})` : ''}`;
}

/** @param {string} draft @param {AbortSignal} signal */
async function installLiveKitServer(draft, signal) {
  await runQuietly('go', ['install', `${LIVEKIT_MODULE}@v${LIVEKIT_VERSION}`], {
    cwd: draft,
    env: { ...process.env, GOBIN: draft, GOFLAGS: '', GOTOOLCHAIN: 'local' },
    signal,
    hint: 'It could not be built by Go.',
  });
}

/** @param {string} draft @param {AbortSignal} signal */
async function installPython(draft, signal) {
  const hint = 'Its packages could not be installed by pip.';
  await runQuietly(findPython(), ['-m', 'venv', draft], { cwd: draft, signal, hint });
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-input',
    '--no-compile',
    '--disable-pip-version-check',
  ];
  await runQuietly(join(draft, pythonIn), [...pip, '-r', REQUIREMENTS, '-c', CONSTRAINTS], {
    cwd: draft,
    signal,
    hint,
  });
}

/** @param {import('./runtime.mjs').Runtime} runtime @param {string} draft @param {AbortSignal} signal */
async function installNpm({ node, npmCli, env }, draft, signal) {
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(NPM, name), join(draft, name));
  await runQuietly(node, [npmCli, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: draft,
    env,
    signal,
    hint: 'They could not be installed by npm.',
  });
}

function findPython() {
  return findProgram('python3') ?? 'python';
}

/** @param {import('./steps.mjs').Reporter} reporter */
async function noVirtualEnvironment(reporter) {
  const python = findPython();
  const version = ['-c', 'import platform; print(platform.python_version())'];
  const missing = olderThan(python, version, PYTHON_VERSION, 'Python');
  const canMake = () => succeeds(python, ['-c', 'import ensurepip, venv']);
  if (missing || canMake()) return missing;
  try {
    await installSystemPackages(['python3-venv'], 'Python of the tests', reporter);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
  }
  return canMake() ? undefined : 'This Python has no venv (on Debian: python3-venv).';
}

/**
 * @param {string} program @param {string[]} args that print its version @param {string} wanted @param {string} name
 * @returns {string | undefined} what is missing
 */
function olderThan(program, args, wanted, name) {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 });
  const version = status === 0 ? /\d+(\.\d+)+/.exec(stdout)?.[0] : undefined;
  if (version && compareVersions(version, wanted) >= 0) return undefined;
  const here = version ? `this is ${version}` : 'there is none';
  return `It needs ${name} ${wanted.replace(/\.0$/, '')}, and ${here}.`;
}

/** The folder in the cache that has a program. @param {string} path */
function folderOf(path) {
  const [name] = relative(counterpartsFolder(), path).split(sep);
  return join(counterpartsFolder(), name);
}

/**
 * Versions that nobody has used for long, and what set-ups left that were killed.
 * @param {string[]} used
 */
function removeUnused(used) {
  const cache = counterpartsFolder();
  try {
    for (const name of existsSync(cache) ? readdirSync(cache) : []) {
      const folder = join(cache, name);
      if (used.some((path) => path.startsWith(folder + sep))) utimesSync(folder, new Date(), new Date());
      const ageMs = Date.now() - statSync(folder).mtimeMs;
      if (ageMs > UNUSED_MS || (name.startsWith('draft-') && ageMs > 2 * LIMIT_MS)) {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  } catch {
    // Another set-up has removed it, or the cache is somebody else's.
  }
}
