import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaceChoice } from '../contract/face-points.ts';
import { VultusError } from '../errors.ts';
import type { Rig } from '../render/renderer.ts';
import { parseRig, serializeRig } from '../render/rig-bytes.ts';
import type { AnalysedPortrait, AvatarFactory } from './avatar-factory.ts';
import { avatarIds } from './avatar-id.ts';
import {
  type Avatar,
  type AvatarChange,
  type AvatarMeta,
  type AvatarStore,
  avatarSchema,
} from './avatar-store.ts';
import { Drafts } from './drafts.ts';
import { SharedWork } from './shared-work.ts';
import { isAbsent, storageError } from './storage-error.ts';

const FILES = {
  description: 'avatar.json',
  rig: 'rig.bin',
  preview: 'preview.jpg',
  portrait: 'portrait',
} as const;
/** Rigs (4 MB each) kept in memory for sessions that start soon. */
const RIGS_IN_MEMORY = 8;
/** Descriptions read at a time: each takes a file descriptor, of which other requests need some. */
const READ_AT_ONCE = 16;

export interface DiskAvatarStoreOptions {
  /** Avatars that were uploaded, at most; default: any number. */
  maxAvatars?: number;
  /** Something that nobody waits for could not be kept. */
  onFailure?: (error: VultusError) => void;
}

/**
 * Avatars on disk, one folder each, named by content: the same portrait twice is the same avatar. A folder
 * appears complete or not at all, and vanishes so; several stores, of several processes, may share one. A rig that is
 * damaged, or was made by another renderer, pack or version of them, is made again from the portrait beside it.
 */
export class DiskAvatarStore implements AvatarStore {
  readonly #directory: string;
  readonly #drafts: Drafts;
  readonly #factory: AvatarFactory;
  readonly #maxAvatars: number;
  readonly #onFailure: (error: VultusError) => void;
  readonly #adding = new SharedWork<Avatar>();
  readonly #rigs = new Map<string, Promise<Rig>>();

  private constructor(
    directory: string,
    drafts: Drafts,
    factory: AvatarFactory,
    { maxAvatars, onFailure }: DiskAvatarStoreOptions,
  ) {
    this.#directory = directory;
    this.#drafts = drafts;
    this.#factory = factory;
    this.#maxAvatars = maxAvatars ?? Number.POSITIVE_INFINITY;
    this.#onFailure = onFailure ?? (() => {});
  }

  /**
   * Opens or creates the folder. The factory stays the caller's.
   * @throws VultusError `config_invalid` where the folder cannot be used
   */
  static async open(
    directory: string,
    factory: AvatarFactory,
    options: DiskAvatarStoreOptions = {},
  ): Promise<DiskAvatarStore> {
    try {
      return new DiskAvatarStore(directory, await Drafts.open(directory), factory, options);
    } catch (cause) {
      throw new VultusError('config_invalid', `the cache folder: ${(cause as Error).message}`, { cause });
    }
  }

  async add(bytes: Uint8Array, meta: AvatarMeta = {}, signal?: AbortSignal): Promise<Avatar> {
    const ids = avatarIds(bytes, meta);
    for (const known of ids) {
      const avatar = await this.#read(known);
      if (avatar) return avatar;
    }
    const [id] = ids;
    const earlier = this.#adding.size;
    const create = async (given: AbortSignal) => {
      if (!meta.gallery) await this.#assertRoomBeside(earlier);
      return this.#create(id, bytes, meta, given);
    };
    // Two uploads of one portrait at a time share the work.
    return this.#adding.run(id, create, signal);
  }

  async #create(id: string, bytes: Uint8Array, meta: AvatarMeta, signal: AbortSignal): Promise<Avatar> {
    const analysed = await this.#factory.analyse(bytes, { ...choiceOf(meta), signal });
    if (signal.aborted) throw new VultusError('request_aborted');
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
    const files = {
      [FILES.rig]: serializeRig(rig),
      [FILES.preview]: preview,
      [FILES.portrait]: bytes,
      [FILES.description]: JSON.stringify({ ...avatar, ...choiceOf(meta) }),
    };
    let others: Avatar | undefined;
    await this.#drafts.placeFolder(id, files, async () => {
      others = await this.#read(id);
      return others !== undefined;
    });
    this.#remember(id, Promise.resolve(rig));
    return others ?? avatar;
  }

  /** @throws VultusError `storage_full` where `adding` more are as many uploaded avatars as there may be */
  async #assertRoomBeside(adding: number): Promise<void> {
    const folders = await this.#folders();
    if (folders.length + adding < this.#maxAvatars) return;
    const uploaded = (await this.list()).filter(({ gallery }) => !gallery).length;
    if (uploaded + adding < this.#maxAvatars) return;
    throw new VultusError(
      'storage_full',
      `${this.#maxAvatars} uploaded avatars are kept at most; some have to be deleted first`,
    );
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
    loading.catch(() => this.#rigs.get(id) === loading && this.#rigs.delete(id));
    return loading;
  }

  async #loadRig(id: string): Promise<Rig> {
    const stored = await this.#file(id, FILES.rig).catch((cause) => {
      if (cause.code === 'avatar_not_found') return undefined;
      throw cause;
    });
    try {
      if (stored) return parseRig(stored, this.#factory.rigKey);
    } catch {
      // Damaged, or of another key.
    }
    const description = JSON.parse((await this.#file(id, FILES.description)).toString());
    const portrait = await this.#file(id, FILES.portrait);
    const analysed = await this.#factory.analyse(portrait, choiceOf(description));
    try {
      await this.#drafts.placeFile(join(id, FILES.rig), serializeRig(analysed.rig));
      await this.#describe(id, { ...description, ...reportOf(analysed) });
    } catch (cause) {
      // The session that waits for this rig can have it all the same.
      this.#onFailure(storageError(cause));
    }
    return analysed.rig;
  }

  #describe(id: string, description: unknown): Promise<void> {
    return this.#drafts.placeFile(join(id, FILES.description), JSON.stringify(description));
  }

  #remember(id: string, rig: Promise<Rig>): void {
    this.#rigs.set(id, rig);
    if (this.#rigs.size > RIGS_IN_MEMORY) this.#rigs.delete(this.#rigs.keys().next().value!);
  }

  async preview(id: string): Promise<Uint8Array> {
    await this.get(id);
    return new Uint8Array(await this.#file(id, FILES.preview));
  }

  /** What is no whole avatar, or cannot be read while others can, is left out. */
  async list(): Promise<Avatar[]> {
    const ids = await this.#folders();
    const avatars: Avatar[] = [];
    for (let i = 0; i < ids.length; i += READ_AT_ONCE) {
      const some = ids
        .slice(i, i + READ_AT_ONCE)
        .map((id) => this.#read(id).catch(undefinedWhereItFailsAlone));
      avatars.push(...(await Promise.all(some)).filter((avatar) => avatar !== undefined));
    }
    return avatars.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.name.localeCompare(b.name));
  }

  async change(id: string, change: AvatarChange): Promise<Avatar> {
    await this.get(id);
    const description = JSON.parse((await this.#file(id, FILES.description)).toString());
    await this.#describe(id, { ...description, ...change });
    return this.get(id);
  }

  async delete(id: string): Promise<void> {
    await this.get(id);
    this.#rigs.delete(id);
    await this.#drafts.remove(id);
  }

  async #folders(): Promise<string[]> {
    try {
      return (await readdir(this.#directory)).filter((name) => !name.startsWith('.'));
    } catch (cause) {
      throw storageError(cause);
    }
  }

  /** @throws VultusError `avatar_not_found` where there is no such file, else as `storageError` says */
  async #file(id: string, name: string): Promise<Buffer> {
    try {
      return await readFile(join(this.#directory, id, name));
    } catch (cause) {
      throw isAbsent(cause) ? new VultusError('avatar_not_found', id, { cause }) : storageError(cause);
    }
  }

  /** Undefined where there is no whole avatar of this name (ids come from URLs: only real ones touch the disk). */
  async #read(id: string): Promise<Avatar | undefined> {
    if (!/^[0-9a-f]{32}$/.test(id)) return undefined;
    let text: string;
    try {
      text = await readFile(join(this.#directory, id, FILES.description), 'utf8');
    } catch (cause) {
      if (isAbsent(cause)) return undefined;
      throw storageError(cause);
    }
    try {
      return avatarSchema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }
}

function choiceOf({ faceIndex, points }: FaceChoice): FaceChoice {
  return { faceIndex, points };
}

function reportOf({ quality }: AnalysedPortrait): Pick<Avatar, 'warnings' | 'quality'> {
  return { warnings: quality.findings.map(({ sentence }) => sentence), quality };
}

function undefinedWhereItFailsAlone(error: VultusError): undefined {
  const { code = '' } = error.cause as NodeJS.ErrnoException;
  // File descriptors and memory of the whole process, or machine.
  if (['EMFILE', 'ENFILE', 'ENOMEM'].includes(code)) throw error;
}
