import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { avatarIds } from '../../src/avatar/avatar-id.ts';
import type { AvatarStore } from '../../src/avatar/avatar-store.ts';
import { DiskAvatarStore } from '../../src/avatar/disk-avatar-store.ts';
import { ROOT } from '../../src/config.ts';
import { VultusError } from '../../src/errors.ts';
import { readGallery, registerGallery, whenStocked } from '../../src/server/gallery.ts';

const shipped = join(ROOT, 'client-demo/public/gallery');
let folder: string;
let factory: AvatarFactory;
let avatars: AvatarStore;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vultus-gallery-'));
  factory = await AvatarFactory.create();
  avatars = await DiskAvatarStore.open(join(folder, 'cache'), factory);
});
afterAll(async () => {
  await factory?.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (entries: unknown) => writeFileSync(join(folder, 'gallery.json'), JSON.stringify(entries));
const register = async () => registerGallery(avatars, await readGallery(folder));
const names = async () => (await avatars.list()).map(({ name, gallery }) => `${name} ${gallery}`);

it('keeps the avatars of the gallery in step with its folder', { timeout: 60_000 }, async () => {
  expect(await readGallery(folder)).toEqual([]);
  const [{ file }] = JSON.parse(readFileSync(join(shipped, 'gallery.json'), 'utf8'));
  const portrait = readFileSync(join(shipped, file));
  writeFileSync(join(folder, 'ada.jpg'), portrait);
  await avatars.add(portrait, { name: 'uploaded before' });

  write([{ file: 'ada.jpg', name: 'Ada', description: 'more is allowed' }]);
  await register();
  expect(await names()).toEqual(['Ada true']);
  write([{ file: 'ada.jpg', name: 'Ada Lovelace' }]);
  await register();
  expect(await names()).toEqual(['Ada Lovelace true']);
  write([]);
  await register();
  expect(await names()).toEqual([]);
});

it('takes no file from outside its folder', async () => {
  write([{ file: '../secret.jpg', name: 'x' }]);
  await expect(readGallery(folder)).rejects.toThrow(/file/);
});

it('ships only pictures that it names, each with its licence', () => {
  const entries: { file: string; licence: string }[] = JSON.parse(
    readFileSync(join(shipped, 'gallery.json'), 'utf8'),
  );
  const pictures = readdirSync(shipped).filter((name) => name !== 'gallery.json');
  expect(entries.map(({ file }) => file).sort()).toEqual(pictures.sort());
  for (const { licence } of entries) expect(licence).toMatch(/Vultus project/);
});

it('is waited for by who asks for its avatars, and by nobody else', async () => {
  const store = await DiskAvatarStore.open(join(folder, 'late'), factory);
  const [{ bytes }] = await readGallery();
  const gallery = ['x', 'y'].map((end, i) => {
    const portrait = Buffer.concat([bytes, Buffer.from(end)]);
    return { id: avatarIds(portrait)[0], name: `of the gallery ${i}`, bytes: portrait };
  });
  const [first, arrival] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const late = whenStocked(store, gallery, { begun: first.promise, stocked: arrival.promise });
  const own = await late.add(bytes, { name: 'own', faceIndex: 0 });
  expect((await late.get(own.id)).name).toBe('own');
  await expect(late.preview('0'.repeat(32))).rejects.toMatchObject({ code: 'avatar_not_found' });
  const [list, missing] = [late.list(), late.preview(gallery[1].id)];
  missing.catch(() => {});
  const found = late.rig(gallery[0].id);
  expect((await store.add(gallery[0].bytes, { gallery: true })).id).toBe(gallery[0].id);
  first.resolve();
  expect((await list).map(({ id }) => id).sort()).toEqual([own.id, gallery[0].id].sort());
  arrival.resolve();
  await expect(missing).rejects.toMatchObject({ code: 'avatar_not_found' });
  expect(await found).toBeDefined();
});

it('tries a portrait again for which the machine was too busy', async () => {
  const portrait = { id: 'a'.repeat(32), name: 'Ada', bytes: new Uint8Array() };
  let tries = 0;
  const store = {
    list: async () => [],
    add: async () => {
      if (++tries < 3) throw new VultusError('server_busy', 'the analysis', { retryAfterS: 0.01 });
      return { ...portrait, gallery: true };
    },
  } as unknown as AvatarStore;
  await registerGallery(store, [portrait]);
  expect(tries).toBe(3);
});
