import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { qualitySchema } from '../contract/portrait-quality.ts';
import { VultusError } from '../errors.ts';
import { parseRig, RIG_VERSION, type Rig, serializeRig } from '../render/warp/rig.ts';
import type { AvatarFactory } from './avatar-factory.ts';
import { makePreview } from './preview.ts';

const avatarSchema = z.object({
  /** From the SHA-256 of the portrait's bytes, the rig version and the face's index. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  name: z.string(),
  /** Belongs to the gallery that comes with the program. */
  gallery: z.boolean(),
  createdAt: z.iso.datetime(),
  /** Pixels of the stored view. */
  width: z.number(),
  height: z.number(),
  /** What will limit the result, in words. */
  warnings: z.array(z.string()),
  /** The same with codes and numbers; absent in what an older version stored and nobody has used since. */
  quality: qualitySchema.optional(),
});
export type Avatar = z.infer<typeof avatarSchema>;

export interface AvatarMeta {
  name?: string;
  gallery?: boolean;
  faceIndex?: number;
}

const FILES = {
  description: 'avatar.json',
  rig: 'rig.bin',
  preview: 'preview.jpg',
  portrait: 'portrait',
} as const;
/** Rigs (4 MB each) kept in memory for sessions that start soon. */
const RIGS_IN_MEMORY = 8;

/**
 * Avatars on disk, one folder each, named by content: the same portrait twice is the same avatar. A folder
 * appears complete or not at all; a rig that was damaged or made by an older version is made again from the
 * portrait beside it.
 */
export class AvatarStore {
  readonly #directory: string;
  readonly #factory: AvatarFactory;
  readonly #adding = new Map<string, Promise<Avatar>>();
  readonly #rigs = new Map<string, Promise<Rig>>();

  private constructor(directory: string, factory: AvatarFactory) {
    this.#directory = directory;
    this.#factory = factory;
  }

  /** Opens or creates the folder. The factory stays the caller's. */
  static async open(directory: string, factory: AvatarFactory): Promise<AvatarStore> {
    await mkdir(directory, { recursive: true });
    const store = new AvatarStore(directory, factory);
    for (const name of await readdir(directory)) {
      // Left behind by a process that died while it wrote.
      if (name.startsWith('.')) await rm(join(directory, name), { recursive: true, force: true });
    }
    return store;
  }

  /** @throws VultusError with a `portrait_…` code */
  async add(bytes: Uint8Array, meta: AvatarMeta = {}): Promise<Avatar> {
    const id = createHash('sha256')
      .update(bytes)
      .update(`rig ${RIG_VERSION}, face ${meta.faceIndex ?? 'only'}`)
      .digest('hex')
      .slice(0, 32);
    const known = await this.#read(id);
    if (known) return known;
    // Two uploads of one portrait at a time share the work.
    let adding = this.#adding.get(id);
    if (!adding) {
      adding = this.#create(id, bytes, meta).finally(() => this.#adding.delete(id));
      this.#adding.set(id, adding);
    }
    return adding;
  }

  async #create(id: string, bytes: Uint8Array, meta: AvatarMeta): Promise<Avatar> {
    const rig = await this.#factory.buildRig(bytes, { faceIndex: meta.faceIndex });
    const avatar: Avatar = {
      id,
      name: meta.name ?? 'Avatar',
      gallery: meta.gallery ?? false,
      createdAt: new Date().toISOString(),
      width: rig.size,
      height: rig.size,
      ...reportOf(rig),
    };
    const draft = join(this.#directory, `.${id}-${randomUUID()}`);
    await mkdir(draft);
    await Promise.all([
      writeFile(join(draft, FILES.description), JSON.stringify({ ...avatar, faceIndex: meta.faceIndex })),
      writeFile(join(draft, FILES.rig), serializeRig(rig)),
      writeFile(join(draft, FILES.preview), await makePreview(rig)),
      writeFile(join(draft, FILES.portrait), bytes),
    ]);
    await rm(this.#folder(id), { recursive: true, force: true });
    await rename(draft, this.#folder(id));
    this.#remember(id, Promise.resolve(rig));
    return avatar;
  }

  /** @throws VultusError `avatar_not_found` */
  async get(id: string): Promise<Avatar> {
    const avatar = await this.#read(id);
    if (!avatar) throw new VultusError('avatar_not_found', id);
    return avatar;
  }

  /** @throws VultusError `avatar_not_found` */
  async rig(id: string): Promise<Rig> {
    await this.get(id);
    const kept = this.#rigs.get(id);
    if (kept) return kept;
    const loading = this.#loadRig(id);
    this.#remember(id, loading);
    loading.catch(() => this.#rigs.delete(id));
    return loading;
  }

  async #loadRig(id: string): Promise<Rig> {
    const file = join(this.#folder(id), FILES.rig);
    try {
      return parseRig(await readFile(file));
    } catch {
      const description = JSON.parse(await readFile(join(this.#folder(id), FILES.description), 'utf8'));
      const portrait = await readFile(join(this.#folder(id), FILES.portrait));
      const rig = await this.#factory.buildRig(portrait, { faceIndex: description.faceIndex });
      const draft = `${file}.${randomUUID()}`;
      await writeFile(draft, serializeRig(rig));
      await rename(draft, file);
      await this.#describe(id, { ...description, ...reportOf(rig) });
      return rig;
    }
  }

  async #describe(id: string, description: object): Promise<void> {
    const file = join(this.#folder(id), FILES.description);
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, JSON.stringify(description));
    await rename(draft, file);
  }

  #remember(id: string, rig: Promise<Rig>): void {
    this.#rigs.set(id, rig);
    if (this.#rigs.size > RIGS_IN_MEMORY) this.#rigs.delete(this.#rigs.keys().next().value!);
  }

  /** A JPEG thumbnail. @throws VultusError `avatar_not_found` */
  async preview(id: string): Promise<Uint8Array> {
    await this.get(id);
    return new Uint8Array(await readFile(join(this.#folder(id), FILES.preview)));
  }

  /** Oldest first. Folders that cannot be read are left out. */
  async list(): Promise<Avatar[]> {
    const ids = (await readdir(this.#directory)).filter((name) => !name.startsWith('.'));
    const avatars = await Promise.all(ids.map((id) => this.#read(id)));
    return avatars
      .filter((avatar) => avatar !== undefined)
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.name.localeCompare(b.name));
  }

  /** @throws VultusError `avatar_not_found` */
  async delete(id: string): Promise<void> {
    await this.get(id);
    this.#rigs.delete(id);
    await rm(this.#folder(id), { recursive: true, force: true });
  }

  #folder(id: string): string {
    return join(this.#directory, id);
  }

  /** Undefined where there is no whole avatar of this name (ids come from URLs: only real ones touch the disk). */
  async #read(id: string): Promise<Avatar | undefined> {
    if (!/^[0-9a-f]{32}$/.test(id)) return undefined;
    try {
      const text = await readFile(join(this.#folder(id), FILES.description), 'utf8');
      return avatarSchema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }
}

function reportOf({ quality }: Rig): Pick<Avatar, 'warnings' | 'quality'> {
  return { warnings: quality.findings.map(({ sentence }) => sentence), quality };
}
