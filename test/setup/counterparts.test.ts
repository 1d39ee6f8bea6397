import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  counterpartsFolder,
  liveKitServerPath,
  startCounterparts,
  testModulesPath,
} from '../../src/setup/counterparts.mjs';
import type { Runtime } from '../../src/setup/runtime.mjs';
import { Reporter } from '../../src/setup/steps.mjs';

let folder: string;
let said: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vultus-counterparts-'));
  said = '';
  vi.stubEnv('XDG_CACHE_HOME', folder);
  vi.stubEnv('VULTUS_LIVEKIT_SERVER', undefined);
  vi.stubEnv('VULTUS_TEST_PYTHON', 'none');
  vi.stubEnv('VULTUS_TEST_NODE_MODULES', 'none');
  vi.stubEnv('VULTUS_INSTALL', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A `go` that says its version, and does this where it is to build. */
function useGo(version: string, build: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const script = `#!/bin/sh\nif [ "$1" = env ]; then echo go${version}; else ${build}; fi\n`;
  writeFileSync(join(folder, 'bin/go'), script, { mode: 0o755 });
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH}`);
}

/** An `npm ci` that does this. */
function useNpm(script: string): Runtime {
  const npmCli = join(folder, 'npm-cli.sh');
  writeFileSync(npmCli, script);
  return { node: '/bin/sh', npmCli, env: process.env } as Runtime;
}

async function setUp(npm = 'exit 1'): Promise<Record<string, string>> {
  const stream = new Writable({
    write(chunk, _, done) {
      said += chunk;
      done();
    },
  });
  const counterparts = await startCounterparts(useNpm(npm), new Reporter({ stream: stream as never }));
  return counterparts.finish();
}

const BUILT = 'echo built >> "$GOBIN/server"';

it('is built once, and found again', async () => {
  useGo('1.26.3', BUILT);
  const { VULTUS_LIVEKIT_SERVER: path } = await setUp();
  expect(path).toBe(liveKitServerPath());
  expect(existsSync(path)).toBe(true);
  useGo('1.26.3', 'exit 1');
  expect((await setUp()).VULTUS_LIVEKIT_SERVER).toBe(path);
  expect(readdirSync(counterpartsFolder())).toHaveLength(1);
});

it('is built again where a set-up has ended halfway', async () => {
  useGo('1.26.3', `${BUILT}; exit 1`);
  expect((await setUp()).VULTUS_LIVEKIT_SERVER).toBe('none');
  expect(existsSync(liveKitServerPath())).toBe(false);
  const left = join(counterpartsFolder(), 'draft-of-one-that-was-killed');
  mkdirSync(left);
  utimesSync(left, 0, 0);
  useGo('1.26.3', BUILT);
  expect(existsSync((await setUp()).VULTUS_LIVEKIT_SERVER)).toBe(true);
  expect(existsSync(left)).toBe(false);
});

it.each([
  [
    'its building fails',
    '1.27',
    'echo no network >&2; exit 1',
    /It could not be built by Go\. \(no network\)\n/,
  ],
  ['Go is too old', '1.25.9', BUILT, /needs Go 1\.26, and this is 1\.25\.9/],
])('is left out with a line where %s', async (_, version, build, line) => {
  useGo(version, build);
  expect(await setUp()).toEqual({
    VULTUS_LIVEKIT_SERVER: 'none',
    VULTUS_TEST_PYTHON: 'none',
    VULTUS_TEST_NODE_MODULES: 'none',
  });
  expect(said).toMatch(/left out: tests with the LiveKit server/);
  expect(said).toMatch(line);
});

it('of npm is what the lock file names, once', async () => {
  vi.stubEnv('VULTUS_LIVEKIT_SERVER', 'none');
  vi.stubEnv('VULTUS_TEST_NODE_MODULES', undefined);
  expect((await setUp('echo no network >&2; exit 1')).VULTUS_TEST_NODE_MODULES).toBe('none');
  expect(said).toMatch(/npm packages of the tests\. They could not be installed by npm\. \(no network\)\n/);
  const install = '[ "$1" = ci ] && grep -q livekit-client package-lock.json && mkdir node_modules';
  expect((await setUp(install)).VULTUS_TEST_NODE_MODULES).toBe(testModulesPath());
  expect(existsSync(testModulesPath())).toBe(true);
  expect((await setUp('exit 1')).VULTUS_TEST_NODE_MODULES).toBe(testModulesPath());
});

it('is left out where the cache cannot be written', async () => {
  useGo('1.26.3', BUILT);
  writeFileSync(join(folder, 'vultus'), 'a file in its place');
  expect((await setUp()).VULTUS_LIVEKIT_SERVER).toBe('none');
  expect(said).toMatch(/left out: tests with the LiveKit server/);
});

it('is not installed where nothing is to be', async () => {
  useGo('1.26.3', BUILT);
  vi.stubEnv('VULTUS_INSTALL', 'no');
  expect((await setUp()).VULTUS_LIVEKIT_SERVER).toBe('none');
});

it('ends what still goes on where the set-up fails', { timeout: 30_000 }, async () => {
  useGo('1.26.3', 'exec sleep 60');
  const counterparts = await startCounterparts(
    useNpm('exit 1'),
    new Reporter({ stream: new Writable({ write: (_, __, done) => done() }) as never }),
  );
  counterparts.stop();
  expect((await counterparts.finish()).VULTUS_LIVEKIT_SERVER).toBe('none');
});
