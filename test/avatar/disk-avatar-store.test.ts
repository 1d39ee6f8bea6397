import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import type { Avatar } from '../../src/avatar/avatar-store.ts';
import { DiskAvatarStore } from '../../src/avatar/disk-avatar-store.ts';
import { parseRig, serializeRig } from '../../src/render/rig-bytes.ts';
import { ourPortrait } from '../support/portraits.ts';
import { describeAvatarStore, SLOW_MS } from './avatar-store-conformance.ts';

let factory: AvatarFactory;
const folders: string[] = [];
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vultus-avatars-'));
  folders.push(folder);
  return folder;
};
beforeAll(async () => {
  factory = await AvatarFactory.create();
}, SLOW_MS);
afterAll(async () => {
  await factory.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describeAvatarStore('DiskAvatarStore', async () => {
  const directory = await newFolder();
  return { factory, open: () => DiskAvatarStore.open(directory, factory) };
});

describe('DiskAvatarStore', () => {
  let directory: string;
  let store: DiskAvatarStore;
  let portrait: Buffer;
  let avatar: Avatar;
  beforeAll(async () => {
    directory = await newFolder();
    store = await DiskAvatarStore.open(directory, factory);
    portrait = await ourPortrait();
    avatar = await store.add(portrait, { name: 'Rafael' });
  }, SLOW_MS);
  const reopen = () => DiskAvatarStore.open(directory, factory);

  it('adds the quality report to an avatar of an older version', { timeout: SLOW_MS }, async () => {
    const folder = join(directory, avatar.id);
    const { quality, ...older } = JSON.parse(await readFile(join(folder, 'avatar.json'), 'utf8'));
    await writeFile(join(folder, 'avatar.json'), JSON.stringify(older));
    await writeFile(join(folder, 'rig.bin'), 'of an older version');
    const reopened = await reopen();
    expect((await reopened.get(avatar.id)).quality).toBeUndefined();
    await reopened.rig(avatar.id);
    expect((await reopened.get(avatar.id)).quality).toEqual(quality);
  });

  it('makes a rig that is damaged or of another key again from its portrait', {
    timeout: 4 * SLOW_MS,
  }, async () => {
    const file = join(directory, avatar.id, 'rig.bin');
    const whole = await readFile(file);
    const ofOtherPack = serializeRig({ ...parseRig(whole, factory.rigKey), key: 'warp 1, other@1' });
    for (const damage of [whole.subarray(0, whole.length / 2), Buffer.from('garbage'), ofOtherPack]) {
      await writeFile(file, damage);
      const reopened = await reopen();
      expect((await reopened.rig(avatar.id)).key).toBe(factory.rigKey);
      expect((await readFile(file)).equals(whole)).toBe(true);
    }
  });

  it('knows portraits that older versions named by the version of their rig', async () => {
    const former = createHash('sha256')
      .update(portrait)
      .update('rig 31, face only')
      .digest('hex')
      .slice(0, 32);
    await rename(join(directory, avatar.id), join(directory, former));
    const description = JSON.stringify({ ...avatar, id: former });
    await writeFile(join(directory, former, 'avatar.json'), description);
    const reopened = await reopen();
    expect((await reopened.add(portrait)).id).toBe(former);
    expect((await reopened.rig(former)).key).toBe(factory.rigKey);
    await rename(join(directory, former), join(directory, avatar.id));
    await writeFile(join(directory, avatar.id, 'avatar.json'), JSON.stringify(avatar));
  });

  it('leaves out what is no whole avatar, and clears up drafts', async () => {
    await mkdir(join(directory, '0'.repeat(32)));
    await writeFile(join(directory, '0'.repeat(32), 'avatar.json'), '{"id":');
    const unreadable = join(directory, '1'.repeat(32), 'avatar.json');
    await mkdir(unreadable, { recursive: true });
    const [old, fresh] = ['.old', '.fresh'].map((name) => join(directory, name));
    for (const draft of [old, fresh]) await mkdir(join(draft, 'folder'), { recursive: true });
    const twoHoursAgo = Date.now() / 1000 - 7200;
    await utimes(old, twoHoursAgo, twoHoursAgo);
    const reopened = await reopen();
    expect(await reopened.list()).toEqual([avatar]);
    // That it cannot be read does not mean that it is not there.
    await expect(reopened.get('1'.repeat(32))).rejects.toMatchObject({ code: 'storage_failed' });
    // A fresh one may be somebody's who writes just now.
    expect(await readdir(directory)).toContain('.fresh');
    expect(await readdir(directory)).not.toContain('.old');
    for (const name of ['.fresh', '0'.repeat(32), '1'.repeat(32)]) {
      await rm(join(directory, name), { recursive: true });
    }
  });

  it('leaves no file of an avatar that is deleted, or was refused', async () => {
    await expect(store.add(Buffer.from('text'))).rejects.toMatchObject({ code: 'portrait_not_an_image' });
    await store.delete(avatar.id);
    expect(await readdir(directory)).toEqual([]);
  });

  it('shares its folder with stores that take the same portrait at once, and open meanwhile', {
    timeout: SLOW_MS,
  }, async () => {
    const other = await reopen();
    let done = false;
    const adding = Promise.all([store, other].map((one) => one.add(portrait))).finally(() => {
      done = true;
    });
    while (!done) {
      await reopen();
      await sleep(1);
    }
    const [mine, theirs] = await adding;
    expect(mine).toEqual(theirs);
    expect(await readdir(directory)).toEqual([mine.id]);
    expect((await (await reopen()).rig(mine.id)).key).toBe(factory.rigKey);
    await store.delete(mine.id);
    await expect(other.get(mine.id)).rejects.toMatchObject({ code: 'avatar_not_found' });
  });

  it('tells whoever adds to a folder that is gone, and lives on', { timeout: SLOW_MS }, async () => {
    const folder = await newFolder();
    const homeless = await DiskAvatarStore.open(folder, factory);
    await rm(folder, { recursive: true });
    await expect(homeless.add(portrait)).rejects.toMatchObject({ code: 'storage_failed' });
    await expect(homeless.list()).rejects.toMatchObject({ code: 'storage_failed' });
    await mkdir(folder);
    expect((await homeless.add(portrait)).id).toBe(avatar.id);
  });

  it('keeps as many uploaded avatars as it may, and says how many', { timeout: SLOW_MS }, async () => {
    const bounded = await DiskAvatarStore.open(await newFolder(), factory, { maxAvatars: 1 });
    const anothers = Buffer.concat([portrait, Buffer.from('another one')]);
    await bounded.add(Buffer.concat([portrait, Buffer.from('a third one')]), { gallery: true });
    const both = await Promise.allSettled([bounded.add(portrait), bounded.add(anothers)]);
    const full = {
      code: 'storage_full',
      status: 507,
      detail: expect.stringMatching(/^1 uploaded avatar/),
    };
    expect(both.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: full }]);
    // Before it is analysed.
    await expect(bounded.add(Buffer.from('text'))).rejects.toMatchObject(full);
    const uploaded = (await bounded.list()).filter(({ gallery }) => !gallery);
    expect(uploaded).toHaveLength(1);
    const known = uploaded[0].id === avatar.id ? portrait : anothers;
    expect((await bounded.add(known)).id).toBe(uploaded[0].id);
    await bounded.delete(uploaded[0].id);
    await bounded.add(known);
  });

  it('gives an upload up that nobody waits for any more', { timeout: SLOW_MS }, async () => {
    const folder = await newFolder();
    const own = await DiskAvatarStore.open(folder, factory);
    const gone = new AbortController();
    const given = own.add(portrait, {}, gone.signal);
    gone.abort();
    await expect(given).rejects.toMatchObject({ code: 'request_aborted' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a folder that cannot be used', async () => {
    const file = join(await newFolder(), 'file');
    await writeFile(file, '');
    for (const folder of [file, join(file, 'folder')]) {
      await expect(DiskAvatarStore.open(folder, factory)).rejects.toMatchObject({
        code: 'config_invalid',
        detail: expect.stringContaining('the cache folder: '),
      });
    }
  });
});
