import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import type { Avatar } from '../../src/avatar/avatar-store.ts';
import { DiskAvatarStore } from '../../src/avatar/disk-avatar-store.ts';
import { galleryPortrait } from '../render/warp/analyse/support.ts';

const SLOW_MS = 90_000;
let factory: AvatarFactory;
let directory: string;
let store: DiskAvatarStore;
let avatar: Avatar;
let portrait: Buffer;

beforeAll(async () => {
  factory = await AvatarFactory.create();
  directory = await mkdtemp(join(tmpdir(), 'vultus-avatars-'));
  store = await DiskAvatarStore.open(directory, factory);
  portrait = await galleryPortrait();
  avatar = await store.add(portrait, { name: 'Rafael', gallery: true });
}, SLOW_MS);
afterAll(async () => {
  await factory.close();
  await rm(directory, { recursive: true, force: true });
});

describe('AvatarStore', () => {
  it('describes, lists and previews an avatar', async () => {
    expect(avatar).toMatchObject({ name: 'Rafael', gallery: true });
    expect(avatar.id).toMatch(/^[0-9a-f]{32}$/);
    expect(await store.get(avatar.id)).toEqual(avatar);
    expect(await store.list()).toEqual([avatar]);
    const preview = await sharp(await store.preview(avatar.id)).metadata();
    expect(preview).toMatchObject({ format: 'jpeg', width: 256, height: 256 });
  });

  it('keeps the quality report with the avatar, and adds it to one of an older version', async () => {
    expect(avatar.quality?.verdict).toBe('good');
    expect(avatar.warnings).toEqual(avatar.quality?.findings.map(({ sentence }) => sentence));
    const folder = join(directory, avatar.id);
    const { quality, ...older } = JSON.parse(await readFile(join(folder, 'avatar.json'), 'utf8'));
    await writeFile(join(folder, 'avatar.json'), JSON.stringify(older));
    await writeFile(join(folder, 'rig.bin'), 'of an older version');
    const reopened = await DiskAvatarStore.open(directory, factory);
    expect((await reopened.get(avatar.id)).quality).toBeUndefined();
    await reopened.rig(avatar.id);
    expect((await reopened.get(avatar.id)).quality).toEqual(quality);
  });

  it('knows a portrait again, also at the same time and after a restart', async () => {
    const twice = await Promise.all([store.add(portrait), store.add(portrait)]);
    expect(twice.map(({ id }) => id)).toEqual([avatar.id, avatar.id]);
    const reopened = await DiskAvatarStore.open(directory, factory);
    expect((await reopened.rig(avatar.id)).key).toBe(factory.rigKey);
  });

  it('makes a damaged rig again from its portrait', { timeout: SLOW_MS }, async () => {
    const file = join(directory, avatar.id, 'rig.bin');
    const whole = await readFile(file);
    for (const damage of [whole.subarray(0, whole.length / 2), Buffer.from('garbage'), Buffer.alloc(0)]) {
      await writeFile(file, damage);
      const reopened = await DiskAvatarStore.open(directory, factory);
      expect((await reopened.rig(avatar.id)).key).toBe(factory.rigKey);
      expect((await readFile(file)).equals(whole)).toBe(true);
    }
  });

  it('leaves out what is no whole avatar, and clears up drafts', async () => {
    await mkdir(join(directory, '0'.repeat(32)));
    await writeFile(join(directory, '0'.repeat(32), 'avatar.json'), '{"id":');
    await mkdir(join(directory, '.draft'));
    const reopened = await DiskAvatarStore.open(directory, factory);
    expect(await reopened.list()).toEqual([avatar]);
    expect(await readdir(directory)).not.toContain('.draft');
  });

  it.each(['', '..', '../..', 'f'.repeat(32), `${'a'.repeat(31)}/`])('has no avatar "%s"', async (id) => {
    const questions = [store.get(id), store.rig(id), store.preview(id), store.delete(id)];
    for (const answer of await Promise.allSettled(questions)) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'avatar_not_found' } });
    }
  });

  it('keeps nothing of a portrait that is refused', async () => {
    const before = await readdir(directory);
    await expect(store.add(Buffer.from('text'))).rejects.toMatchObject({ code: 'portrait_not_an_image' });
    expect(await readdir(directory)).toEqual(before);
  });

  it('deletes an avatar with all its files', async () => {
    await store.delete(avatar.id);
    await expect(store.get(avatar.id)).rejects.toMatchObject({ code: 'avatar_not_found' });
    expect(await readdir(directory)).not.toContain(avatar.id);
  });
});
