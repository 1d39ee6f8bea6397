import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { forkModule } from '../src/child-process.ts';

it('starts a process with flags of its own beside the limit of its heap', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vultus-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const module = join(folder, 'main.mjs');
  await writeFile(module, 'process.send(process.execArgv, () => process.disconnect());');
  const child = forkModule(pathToFileURL(module), { maxHeapMb: 100, flags: ['--single-threaded-gc'] });
  const [execArgv] = await once(child, 'message');
  expect(execArgv.slice(-2)).toEqual(['--max-old-space-size=100', '--single-threaded-gc']);
});
