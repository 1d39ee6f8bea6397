import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutputFile } from '../../src/cli/output-file.ts';

const TEXT = { name: 'Text', endings: ['.txt'] };
const source = fileURLToPath(new URL('../../src/cli/output-file.ts', import.meta.url));

describe('OutputFile', () => {
  let folder: string;
  let former: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vultus-output-'));
    former = process.cwd();
    process.chdir(folder);
  });
  afterEach(async () => {
    process.chdir(former);
    await rm(folder, { recursive: true });
  });

  it('takes its place when it is complete, and not before', async () => {
    writeFileSync('a.txt', 'older');
    chmodSync('a.txt', 0o640);
    const file = OutputFile.create('a.txt', TEXT);
    await file.write('newer');
    expect(readFileSync('a.txt', 'utf8')).toBe('older');
    await file.complete();
    file.discard();
    expect(readFileSync('a.txt', 'utf8')).toBe('newer');
    expect(statSync('a.txt').mode & 0o777).toBe(0o640);
    expect(readdirSync('.')).toEqual(['a.txt']);
  });

  it('leaves nothing where it is given up', async () => {
    const file = OutputFile.create('a.txt', TEXT);
    await file.write('half of');
    file.discard();
    file.discard();
    expect(readdirSync('.')).toEqual([]);
    expect(process.listenerCount('SIGTERM')).toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'leaves nothing after %s, and ends by it',
    async (signal) => {
      writeFileSync('a.txt', 'older');
      const program = `
      const { OutputFile } = await import(${JSON.stringify(source)});
      const files = ['a.txt', 'b.txt'].map((name) => OutputFile.create(name, ${JSON.stringify(TEXT)}));
      for (const file of files) await file.write('half of');
      console.log('written');
      setInterval(() => {}, 1000);`;
      const child = execFile(process.execPath, ['--input-type=module', '-e', program]);
      await once(child.stdout!, 'data');
      expect(readdirSync('.')).toHaveLength(3);
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([null, signal]);
      expect(readdirSync('.')).toEqual(['a.txt']);
      expect(readFileSync('a.txt', 'utf8')).toBe('older');
    },
  );

  it.each([
    '-o.txt',
    '--size.txt',
    '2026-01-02T03:04:05.txt',
    'file:a.txt',
    'pipe:1.txt',
    'a film, 100 % ünïcødé 人.TXT',
    `${'n'.repeat(250)}.txt`,
  ])('takes %s for a name', async (name) => {
    const file = OutputFile.create(name, TEXT);
    await file.write('it');
    await file.complete();
    expect(readdirSync('.')).toEqual([name]);
  });

  it('writes to where a link leads', async () => {
    mkdirSync('there');
    writeFileSync('there/real.txt', 'older');
    symlinkSync('there/real.txt', 'link.txt');
    const file = OutputFile.create('link.txt', TEXT);
    await file.write('newer');
    await file.complete();
    expect(readFileSync('there/real.txt', 'utf8')).toBe('newer');
    expect(readFileSync('link.txt', 'utf8')).toBe('newer');
  });

  it.each([
    ['a.gif', /Text is what can be written; end the name in \.txt/],
    ['a', /end the name in/],
    ['.txt', /end the name in/],
    ['', /it is a folder/],
    ['none/a.txt', /there is no folder/],
    ['http://localhost/a.txt', /there is no folder/],
    ['folder.txt', /it is a folder/],
    ['new.txt/', /it is a folder/],
    ['/dev/null.txt', /no ordinary file/],
  ])('refuses "%s" before any work', (name, why) => {
    mkdirSync('folder.txt');
    let given = name;
    if (name === '/dev/null.txt') {
      symlinkSync('/dev/null', 'null.txt');
      given = 'null.txt';
    }
    expect(() => OutputFile.create(given, TEXT)).toThrow(
      expect.objectContaining({ code: 'file_unusable', message: expect.stringMatching(why) }),
    );
    expect(readdirSync('.').filter((one) => one.startsWith('.'))).toEqual([]);
  });
});
