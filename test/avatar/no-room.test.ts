import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SLOW_MS } from './avatar-store-conformance.ts';

const SCRIPT = fileURLToPath(new URL('./no-room-process.ts', import.meta.url));
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vultus-no-room-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What the script says of itself under a limit of the shell's; one that ends otherwise is an error here. */
async function run(limit: string, scenario: string) {
  const command = `ulimit ${limit} && exec "$0" "$@"`;
  const { stdout } = await promisify(execFile)('bash', [
    ...['-c', command, process.execPath],
    ...[SCRIPT, scenario, folder],
  ]);
  return JSON.parse(stdout);
}

describe('a store that', { timeout: SLOW_MS }, () => {
  it('has no room for a rig refuses the avatar with a code, leaves nothing of it and lives on', async () => {
    const told = await run('-f 1000', 'upload');
    expect(told).toEqual({ code: 'storage_full', status: 507, detail: 'file too large', left: [] });
  });

  it('has no room for a rig that is made again gives it all the same', async () => {
    const told = await run('-f unlimited', 'damaged-rig');
    expect(told).toEqual({ key: expect.any(String), left: ['rig.bin'], failures: ['storage_full'] });
  });

  it('has no file descriptors left does not take that for an absence', async () => {
    const told = await run('-n 200', 'descriptors');
    expect(told).toEqual({
      without: ['storage_failed', 'storage_failed', 'storage_failed', 'storage_failed'],
      with: ['avatar', 'avatars', 'preview', 'avatar'],
    });
  });
});
