import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../src/make-folder.ts';

describe('makeFolder', () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'vultus-folder-'));
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  it('makes those above it too, and is content with one that is there', () => {
    const folder = join(place, 'a/b/c');
    makeFolder(folder);
    makeFolder(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it('refuses a place where a file is', () => {
    writeFileSync(join(place, 'file'), '');
    expect(() => makeFolder(join(place, 'file'))).toThrow(/EEXIST/);
    expect(() => makeFolder(join(place, 'file/below'))).toThrow(/ENOTDIR/);
  });

  it.skipIf(!existsSync('/proc/self'))('refuses a place where there can be none', () => {
    expect(() => makeFolder('/proc/vultus/cache')).toThrow(/ENOENT|EACCES/);
  });
});
