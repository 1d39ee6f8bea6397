import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alone } from '../../src/setup/lock.mjs';
import { Reporter } from '../../src/setup/steps.mjs';

describe('a set-up', () => {
  let folder: string;
  let file: string;
  let said: string;
  let reporter: Reporter;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vultus-lock-'));
    file = join(folder, 'cache/setup.lock');
    said = '';
    const stream = new Writable({
      write: (chunk, _, done) => {
        said += chunk;
        done();
      },
    });
    reporter = new Reporter({ stream });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('waits for another one in the same folder, says so, and goes on when that has ended or failed', async () => {
    const order: string[] = [];
    const first = Promise.withResolvers<void>();
    const one = alone(
      reporter,
      async () => {
        order.push('one begins');
        await first.promise;
        order.push('one fails');
        throw new Error('no network');
      },
      file,
    );
    const two = alone(reporter, async () => order.push('two'), file);
    expect(said).toMatch(/another set-up/);
    first.resolve();
    await expect(one).rejects.toThrow('no network');
    await two;
    expect(order).toEqual(['one begins', 'one fails', 'two']);
    expect(existsSync(file)).toBe(false);
  });

  it('is not held up by one that was killed', async () => {
    await alone(reporter, async () => {}, file);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(file, `${pid}\n`);
    expect(await alone(reporter, async () => 'done', file)).toBe('done');
    writeFileSync(file, `${process.pid}\n`);
    const yesterday = new Date(Date.now() - 86_400_000);
    utimesSync(file, yesterday, yesterday);
    expect(await alone(reporter, async () => 'done', file)).toBe('done');
  });
});
