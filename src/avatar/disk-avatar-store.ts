import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VultusError } from '../errors.ts';
import type { Rig } from '../render/renderer.ts';
import { parseRig, serializeRig } from '../render/rig-bytes.ts';
import type { AnalysedPortrait, AvatarFactory } from './avatar-factory.ts';
import { type Avatar, type AvatarMeta, type AvatarStore, avatarSchema } from './avatar-store.ts';

const FILES = {
  description: 'avatar.json',
  rig: 'rig.bin',
  preview: 'preview.jpg',
  portrait: 'portrait',
} as const;
/** Rigs (4 MB each) kept in memory for sessions that start soon. */
const RIGS_IN_MEMORY = 8;

/** Until then avatars were named by the version of their rig, too; they keep their names. */
const LAST_RIG_VERSION_IN_IDS = 38;

/**
 * Avatars on disk, one folder each, named by content: the same portrait twice is the same avatar. A folder
 * appears complete or not at all; a rig that is damaged, or was made by another renderer, pack or version of them, is
 * made again from the portrait beside it.
 */
export class DiskAvatarStore implements AvatarStore {
  readonly #directory: string;
  readonly #factory: AvatarFactory;
  readonly #adding = new Map<string, Promise<Avatar>>();
  readonly #rigs = new Map<string, Promise<Rig>>();

  private constructor(directory: string, factory: AvatarFactory) {
    this.#directory = directory;
    this.#factory = factory;
  }

  /**
   * Opens or creates the folder. The factory stays the caller's.
   * @throws VultusError `config_invalid` where the folder cannot be used
   */
  static async open(directory: string, factory: AvatarFactory): Promise<DiskAvatarStore> {
    try {
      await mkdir(directory, { recursive: true });
      for (const name of await readdir(directory)) {
        // Left behind by a process that died while it wrote.
        if (name.startsWith('.')) await rm(join(directory, name), { recursive: true, force: true });
      }
    } catch (cause) {
      throw new VultusError('config_invalid', `the cache folder: ${(cause as Error).message}`, { cause });
    }
    return new DiskAvatarStore(directory, factory);
  }

  async add(bytes: Uint8Array, meta: AvatarMeta = {}): Promise<Avatar> {
    const [id, ...former] = idsOf(bytes, meta.faceIndex);
    for (const known of [id, ...former]) {
      const avatar = await this.#read(known);
      if (avatar) return avatar;
    }
    // Two uploads of one portrait at a time share the work.
    let adding = this.#adding.get(id);
    if (!adding) {
      adding = this.#create(id, bytes, meta).finally(() => this.#adding.delete(id));
      this.#adding.set(id, adding);
    }
    return adding;
  }

  async #create(id: string, bytes: Uint8Array, meta: AvatarMeta): Promise<Avatar> {
    const analysed = await this.#factory.analyse(bytes, { faceIndex: meta.faceIndex });
    const { rig, preview, width, height } = analysed;
    const avatar: Avatar = {
      id,
      name: meta.name ?? 'Avatar',
      gallery: meta.gallery ?? false,
      createdAt: new Date().toISOString(),
      width,
      height,
      ...reportOf(analysed),
    };
    const draft = join(this.#directory, `.${id}-${randomUUID()}`);
    await mkdir(draft);
    await Promise.all([
      writeFile(join(draft, FILES.description), JSON.stringify({ ...avatar, faceIndex: meta.faceIndex })),
      writeFile(join(draft, FILES.rig), serializeRig(rig)),
      writeFile(join(draft, FILES.preview), preview),
      writeFile(join(draft, FILES.portrait), bytes),
    ]);
    await rm(this.#folder(id), { recursive: true, force: true });
    await rename(draft, this.#folder(id));
    this.#remember(id, Promise.resolve(rig));
    return avatar;
  }

  async get(id: string): Promise<Avatar> {
    const avatar = await this.#read(id);
    if (!avatar) throw new VultusError('avatar_not_found', id);
    return avatar;
  }

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
      return parseRig(await readFile(file), this.#factory.rigKey);
    } catch {
      const description = JSON.parse(await readFile(join(this.#folder(id), FILES.description), 'utf8'));
      const portrait = await readFile(join(this.#folder(id), FILES.portrait));
      const analysed = await this.#factory.analyse(portrait, { faceIndex: description.faceIndex });
      const draft = `${file}.${randomUUID()}`;
      await writeFile(draft, serializeRig(analysed.rig));
      await rename(draft, file);
      await this.#describe(id, { ...description, ...reportOf(analysed) });
      return analysed.rig;
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

  async preview(id: string): Promise<Uint8Array> {
    await this.get(id);
    return new Uint8Array(await readFile(join(this.#folder(id), FILES.preview)));
  }

  /** Folders that cannot be read are left out. */
  async list(): Promise<Avatar[]> {
    const ids = (await readdir(this.#directory)).filter((name) => !name.startsWith('.'));
    const avatars = await Promise.all(ids.map((id) => this.#read(id)));
    return avatars
      .filter((avatar) => avatar !== undefined)
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.name.localeCompare(b.name));
  }

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

/** The id of a portrait's avatar, and those that older versions gave it, newest first. */
function idsOf(portrait: Uint8Array, faceIndex: number | undefined): string[] {
  const content = createHash('sha256').update(portrait);
  const face = `face ${faceIndex ?? 'only'}`;
  const id = (of: string) => content.copy().update(of).digest('hex').slice(0, 32);
  const former = Array.from({ length: LAST_RIG_VERSION_IN_IDS }, (_, i) => LAST_RIG_VERSION_IN_IDS - i);
  return [id(face), ...former.map((version) => id(`rig ${version}, ${face}`))];
}

function reportOf({ quality }: AnalysedPortrait): Pick<Avatar, 'warnings' | 'quality'> {
  return { warnings: quality.findings.map(({ sentence }) => sentence), quality };
}
