import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { nodePackage } from '../../src/setup/node-package.mjs';
import { fetchNode, findNpmCli, isSuitableNode } from '../../src/setup/runtime.mjs';

/** npm takes its time on a busy machine. */
const SLOW_MS = 120_000;

it('is Node 24 with a hash for each machine that the registry has one for', () => {
  for (const machine of ['linux x64', 'linux arm64', 'darwin x64', 'darwin arm64', 'win32 x64']) {
    const [platform, arch] = machine.split(' ');
    const { name, version, integrity } = nodePackage(platform, arch)!;
    expect(name).toMatch(/^node-/);
    expect(isSuitableNode(version)).toBe(true);
    expect(Buffer.from(integrity.replace('sha512-', ''), 'base64')).toHaveLength(64);
  }
  expect(nodePackage('aix', 'ppc64')).toBeUndefined();
});

/** A registry with one package, whose Node is a script. */
describe('the Node that is fetched', () => {
  let folder: string;
  let registry: Server;
  let tarball: Buffer;
  let npmCli: string;
  const [name, version] = ['node-of-a-test', '24.1.2'];
  const integrityOf = (bytes: Uint8Array) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

  beforeAll(async () => {
    npmCli = findNpmCli();
    folder = mkdtempSync(join(tmpdir(), 'vultus-node-'));
    const source = join(folder, 'source');
    mkdirSync(join(source, 'bin'), { recursive: true });
    writeFileSync(join(source, 'package.json'), JSON.stringify({ name, version }));
    writeFileSync(join(source, 'bin/node'), '#!/bin/sh\necho v24.1.2\n', { mode: 0o755 });
    execFileSync(process.execPath, [npmCli, 'pack', '--silent'], { cwd: source });
    tarball = readFileSync(join(source, `${name}-${version}.tgz`));
    registry = createServer((request, response) => {
      if (request.url?.endsWith('.tgz')) return response.end(tarball);
      const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/${name}/-/${name}-${version}.tgz`;
      // What the registry says of itself counts nothing.
      const dist = { tarball: url, integrity: integrityOf(tarball) };
      response.end(JSON.stringify({ name, versions: { [version]: { name, version, dist } } }));
    }).listen(0, '127.0.0.1');
    await once(registry, 'listening');
  }, SLOW_MS);
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => {
    registry.close();
    rmSync(folder, { recursive: true });
  });

  const fetched = async (integrity: string) => {
    vi.stubEnv('npm_config_registry', `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`);
    vi.stubEnv('npm_config_cache', join(folder, 'cache'));
    const into = join(folder, 'node');
    const node = join(into, 'node_modules', name, 'bin/node');
    await fetchNode({ name, version, integrity }, { folder: into, node, npmCli, hint: 'Install it.' });
    return node;
  };

  it('is run where it is the one that is meant', { timeout: SLOW_MS }, async () => {
    expect(execFileSync(await fetched(integrityOf(tarball)), { encoding: 'utf8' })).toBe('v24.1.2\n');
  });

  it('is not even unpacked where it has another hash', { timeout: SLOW_MS }, async () => {
    await expect(fetched(integrityOf(Buffer.from('another')))).rejects.toThrow(/EINTEGRITY/);
    expect(existsSync(join(folder, 'node/node_modules', name, 'bin/node'))).toBe(false);
  });
});
