import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import type { Avatar } from '../../src/avatar/avatar-store.ts';
import { DiskAvatarStore } from '../../src/avatar/disk-avatar-store.ts';
import { parseRig, serializeRig } from '../../src/render/rig-bytes.ts';
import { galleryPortrait } from '../render/warp/analyse/support.ts';
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
    portrait = await galleryPortrait();
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
    await mkdir(join(directory, '.draft'));
    const reopened = await reopen();
    expect(await reopened.list()).toEqual([avatar]);
    expect(await readdir(directory)).not.toContain('.draft');
  });

  it('leaves no file of an avatar that is deleted, or was refused', async () => {
    await expect(store.add(Buffer.from('text'))).rejects.toMatchObject({ code: 'portrait_not_an_image' });
    await store.delete(avatar.id);
    expect(await readdir(directory)).toEqual(['0'.repeat(32)]);
  });
});
