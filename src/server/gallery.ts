import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { AvatarStore } from '../avatar/avatar-store.ts';
import { ROOT } from '../config.ts';
import { VultusError } from '../errors.ts';

/** `gallery.json`: the portraits that come with the server, in the order in which they are shown. */
const gallerySchema = z.array(z.object({ file: z.string().regex(/^[\w.-]+$/), name: z.string().min(1) }));

/**
 * Registers the portraits of the gallery and takes out those that are no longer in it. What the store knows
 * already costs nothing.
 * @returns how many there are
 * @throws VultusError `portrait_…` if one cannot be used
 */
export async function registerGallery(
  avatars: AvatarStore,
  {
    folder = join(ROOT, 'client-demo/public/gallery'),
    onRegistered = () => {},
  }: { folder?: string; onRegistered?: (name: string, done: number, of: number) => void } = {},
): Promise<number> {
  const index = join(folder, 'gallery.json');
  const entries = existsSync(index) ? gallerySchema.parse(JSON.parse(await readFile(index, 'utf8'))) : [];
  const current = new Set<string>();
  for (const { file, name } of entries) {
    const portrait = await readFile(join(folder, file));
    let avatar = await avatars.add(portrait, { name, gallery: true });
    if (avatar.name !== name || !avatar.gallery) {
      // Renamed since, or somebody had uploaded the same picture.
      await deleteIfThere(avatars, avatar.id);
      avatar = await avatars.add(portrait, { name, gallery: true });
    }
    current.add(avatar.id);
    onRegistered(name, current.size, entries.length);
  }
  for (const { id, gallery } of await avatars.list()) {
    if (gallery && !current.has(id)) await deleteIfThere(avatars, id);
  }
  return entries.length;
}

/**
 * The avatars of a server that is ready before its gallery is: the first time, the analysis of its portraits takes
 * seconds. Whoever asks for the list waits for `begun`, whoever asks for an avatar that is not there yet for `stocked`.
 */
export function whenStocked(
  avatars: AvatarStore,
  { begun, stocked }: { begun: Promise<unknown>; stocked: Promise<unknown> },
): AvatarStore {
  const find = async <Found>(look: () => Promise<Found>): Promise<Found> => {
    try {
      return await look();
    } catch (cause) {
      if (!isNotThere(cause)) throw cause;
      await stocked;
      return look();
    }
  };
  return {
    add: (portrait, meta, signal) => avatars.add(portrait, meta, signal),
    get: (id) => find(() => avatars.get(id)),
    rig: (id) => find(() => avatars.rig(id)),
    preview: (id) => find(() => avatars.preview(id)),
    change: (id, change) => find(() => avatars.change(id, change)),
    delete: (id) => find(() => avatars.delete(id)),
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
