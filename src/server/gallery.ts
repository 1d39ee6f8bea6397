import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { avatarIds } from '../avatar/avatar-id.ts';
import type { AvatarStore } from '../avatar/avatar-store.ts';
import { ROOT } from '../config.ts';
import { VultusError } from '../errors.ts';

/** `gallery.json`: the portraits that come with the server, in the order in which they are shown. */
const gallerySchema = z.array(z.object({ file: z.string().regex(/^[\w.-]+$/), name: z.string().min(1) }));

const BUSY_RETRY_S = 2;

/** A portrait of the gallery, and the avatar that it becomes. */
export interface GalleryPortrait {
  id: string;
  name: string;
  bytes: Uint8Array;
}

/** @throws where `gallery.json` names what cannot be read, or what lies outside of the folder */
export async function readGallery(
  folder = join(ROOT, 'client-demo/public/gallery'),
): Promise<GalleryPortrait[]> {
  const index = join(folder, 'gallery.json');
  const entries = existsSync(index) ? gallerySchema.parse(JSON.parse(await readFile(index, 'utf8'))) : [];
  const read = async ({ file, name }: { file: string; name: string }) => {
    const bytes = await readFile(join(folder, file));
    const [id] = avatarIds(bytes);
    return { id, name, bytes };
  };
  return Promise.all(entries.map(read));
}

/**
 * Registers the portraits of the gallery and takes out those that are no longer in it. What the store knows
 * already costs nothing.
 * @throws VultusError `portrait_…` if one cannot be used
 */
export async function registerGallery(
  avatars: AvatarStore,
  gallery: readonly GalleryPortrait[],
  onRegistered: (name: string, done: number) => void = () => {},
): Promise<void> {
  const current = new Set<string>();
  for (const portrait of gallery) {
    current.add(await registerPatiently(avatars, portrait));
    onRegistered(portrait.name, current.size);
  }
  for (const { id, gallery: isOfGallery } of await avatars.list()) {
    if (isOfGallery && !current.has(id)) await deleteIfThere(avatars, id);
  }
}

/** Where the machine is too busy for a portrait, it is tried again: until the next start nobody else would. */
async function registerPatiently(avatars: AvatarStore, portrait: GalleryPortrait): Promise<string> {
  for (;;) {
    try {
      return await register(avatars, portrait);
    } catch (cause) {
      if (!(cause instanceof VultusError) || cause.code !== 'server_busy') throw cause;
      await sleep(1000 * (cause.retryAfterS ?? BUSY_RETRY_S), undefined, { ref: false });
    }
  }
}

/** @returns its id */
async function register(avatars: AvatarStore, { name, bytes }: GalleryPortrait): Promise<string> {
  const avatar = await avatars.add(bytes, { name, gallery: true });
  if (avatar.name === name && avatar.gallery) return avatar.id;
  // Renamed since, or somebody had uploaded the same picture.
  await deleteIfThere(avatars, avatar.id);
  return (await avatars.add(bytes, { name, gallery: true })).id;
}

/**
 * The avatars of a server that is ready before its gallery is: the first time, the analysis of its portraits takes
 * seconds. Whoever asks for the list waits for `begun`, whoever asks for one of its avatars that is not there yet for
 * `stocked`; that another one is not there is told at once.
 */
export function whenStocked(
  avatars: AvatarStore,
  gallery: readonly GalleryPortrait[],
  { begun, stocked }: { begun: Promise<unknown>; stocked: Promise<unknown> },
): AvatarStore {
  const coming = new Set(gallery.map(({ id }) => id));
  const find = async <Found>(id: string, look: () => Promise<Found>): Promise<Found> => {
    try {
      return await look();
    } catch (cause) {
      if (!isNotThere(cause) || !coming.has(id)) throw cause;
      await stocked;
      return look();
    }
  };
  return {
    add: (portrait, meta, signal) => avatars.add(portrait, meta, signal),
    get: (id) => find(id, () => avatars.get(id)),
    rig: (id) => find(id, () => avatars.rig(id)),
    preview: (id) => find(id, () => avatars.preview(id)),
    change: (id, change) => find(id, () => avatars.change(id, change)),
    delete: (id) => find(id, () => avatars.delete(id)),
    list: () => begun.then(() => avatars.list()),
  };
}

/** Another server on the same cache may start at the same time. */
async function deleteIfThere(avatars: AvatarStore, id: string): Promise<void> {
  try {
    await avatars.delete(id);
  } catch (cause) {
    if (!isNotThere(cause)) throw cause;
  }
}

function isNotThere(cause: unknown): boolean {
  return cause instanceof VultusError && cause.code === 'avatar_not_found';
}
