/** The port of avatar stores: avatars by their ids, their rigs and previews. disk-avatar-store.ts keeps them on disk. */
import { z } from 'zod';
import type { FaceChoice } from '../contract/face-points.ts';
import { qualitySchema } from '../contract/portrait-quality.ts';
import type { Rig } from '../render/renderer.ts';

export const avatarSchema = z.object({
  /** From the SHA-256 of the portrait's bytes and the chosen face: it stays as renderers and packs change. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  name: z.string(),
  /** Belongs to the gallery that comes with the program. */
  gallery: z.boolean(),
  createdAt: z.iso.datetime(),
  /** Pixels of the view that was cut out of the portrait. */
  width: z.number(),
  height: z.number(),
  /** What will limit the result, in words. */
  warnings: z.array(z.string()),
  /** The same with codes and numbers; absent in what an older version stored and nobody has used since. */
  quality: qualitySchema.optional(),
  /** Whether viewers may be given its rig, to draw by themselves; absent: they may. */
  clientDrawing: z.boolean().optional(),
});
export type Avatar = z.infer<typeof avatarSchema>;

export interface AvatarMeta extends FaceChoice {
  name?: string;
  gallery?: boolean;
}

/** What of an avatar may be changed. */
export type AvatarChange = Partial<Pick<Avatar, 'name' | 'clientDrawing'>>;

/**
 * Every implementation passes test/avatar/avatar-store-conformance.ts. Whatever cannot be read or written is a
 * VultusError `storage_failed`: only what is known not to be there is `avatar_not_found`.
 */
export interface AvatarStore {
  /**
   * Analyses a portrait and keeps it. The same portrait again, with the same face, is the same avatar as before.
   * @param signal gives a portrait up that still waits for its analysis
   * @throws VultusError with a `portrait_…` code, `analysis_failed`, `server_busy`, `request_aborted`, and
   *   `storage_full` where there is no room for it; nothing of such a portrait is kept
   */
  add(portrait: Uint8Array, meta?: AvatarMeta, signal?: AbortSignal): Promise<Avatar>;
  /** @throws VultusError `avatar_not_found` */
  get(id: string): Promise<Avatar>;
  /**
   * For the renderer and the pack of this store; made again from the portrait where the stored one is damaged or of
   * others.
   * @throws VultusError `avatar_not_found`
   */
  rig(id: string): Promise<Rig>;
  /** A JPEG thumbnail. @throws VultusError `avatar_not_found` */
  preview(id: string): Promise<Uint8Array>;
  /** Oldest first. */
  list(): Promise<Avatar[]>;
  /** @throws VultusError `avatar_not_found` */
  change(id: string, change: AvatarChange): Promise<Avatar>;
  /** With all that is kept of it. @throws VultusError `avatar_not_found` */
  delete(id: string): Promise<void>;
}
