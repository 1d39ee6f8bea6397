import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openOutput, readInput, writeOutput } from '../../src/cli/files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vultus-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('names the file that cannot be read or written', async () => {
  const file = join(folder, 'no-such-folder', 'file');
  const works: Promise<unknown>[] = [readInput(file), openOutput(file), writeOutput(file, new Uint8Array(1))];
  for (const result of await Promise.allSettled(works)) {
    expect(result).toMatchObject({
      status: 'rejected',
      reason: { code: 'invalid_request', detail: expect.stringContaining(file) },
    });
  }
});

it('writes over what was there', async () => {
  const file = join(folder, 'file');
  await writeOutput(file, Buffer.from('a longer text'));
  const handle = await openOutput(file);
  await handle.write('short');
  await handle.close();
  expect(Buffer.from(await readInput(file)).toString()).toBe('short');
  expect(await readFile(file, 'utf8')).toBe('short');
});
