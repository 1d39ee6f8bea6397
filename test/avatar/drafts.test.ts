import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Drafts } from '../../src/avatar/drafts.ts';

let folder: string;
let drafts: Drafts;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vultus-drafts-'));
  drafts = await Drafts.open(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const text = (...path: string[]) => readFile(join(folder, ...path), 'utf8');
const notWhole = async () => false;

describe('Drafts', () => {
  it('leaves nothing of a folder of which a file cannot be written', async () => {
    const files = { 'a.txt': 'a', 'none/b.txt': 'b', 'c.txt': 'c' };
    await expect(drafts.placeFolder('place', files, notWhole)).rejects.toMatchObject({
      code: 'storage_failed',
      detail: 'no such file or directory',
      cause: { code: 'ENOENT' },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('puts a folder where nothing is, or what is damaged', async () => {
    expect(await drafts.placeFolder('place', { 'a.txt': 'first' }, notWhole)).toBe(true);
    expect(await drafts.placeFolder('place', { 'a.txt': 'second' }, notWhole)).toBe(true);
    expect(await text('place', 'a.txt')).toBe('second');
    await writeFile(join(folder, 'file'), 'in the way');
    expect(await drafts.placeFolder('file', { 'a.txt': 'third' }, notWhole)).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['file', 'place']);
  });

  it('leaves a whole folder of somebody else where it is', async () => {
    await drafts.placeFolder('place', { 'a.txt': 'theirs' }, notWhole);
    expect(await drafts.placeFolder('place', { 'a.txt': 'ours' }, async () => true)).toBe(false);
    expect(await text('place', 'a.txt')).toBe('theirs');
    expect(await readdir(folder)).toEqual(['place']);
  });

  it('has exactly one of those that put the same folder at once', async () => {
    const whole = async () => (await text('place', 'a.txt')) !== 'damaged';
    await drafts.placeFolder('place', { 'a.txt': 'damaged' }, notWhole);
    const names = Array.from({ length: 8 }, (_, i) => `${i}`);
    const placed = await Promise.all(
      names.map((name) => drafts.placeFolder('place', { 'a.txt': name }, whole).catch(() => false)),
    );
    expect(placed).toContain(true);
    expect(names).toContain(await text('place', 'a.txt'));
    expect(await readdir(folder)).toEqual(['place']);
  });

  it('puts a file, whatever is there, or leaves nothing', async () => {
    await mkdir(join(folder, 'place'));
    await drafts.placeFile('place/a.txt', 'first');
    await drafts.placeFile('place/a.txt', 'second');
    expect(await text('place', 'a.txt')).toBe('second');
    await expect(drafts.placeFile('gone/a.txt', 'x')).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await readdir(folder)).toEqual(['place']);
  });

  it('removes a folder, also one that is gone', async () => {
    await drafts.placeFolder('place', { 'a.txt': 'a' }, notWhole);
    await drafts.remove('place');
    await drafts.remove('place');
    expect(await readdir(folder)).toEqual([]);
  });
});
