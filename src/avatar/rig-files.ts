import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ModelPack } from '../model/pack.ts';
import { rendererOf } from '../render/renderers.ts';
import type { AvatarStore } from './avatar-store.ts';
import { SharedWork } from './shared-work.ts';

/** What draws an avatar in a browser. */
export interface RigFile {
  /** Of its content. */
  hash: string;
  gzipped: Uint8Array;
}

/** Of nearly a megabyte each. */
const KEPT = 16;

/** What draws avatars by themselves, as browsers get it: made once for all who ask for the same, the last ones kept. */
export class RigFiles {
  readonly #avatars: Pick<AvatarStore, 'rig'>;
  readonly #pack: () => Promise<ModelPack>;
  readonly #making = new SharedWork<RigFile>();
  readonly #files = new Map<string, RigFile>();

  /** `pack`: that of the store. */
  constructor(avatars: Pick<AvatarStore, 'rig'>, pack: () => Promise<ModelPack>) {
    this.#avatars = avatars;
    this.#pack = pack;
  }

  /** @throws VultusError `avatar_not_found`, `pack_invalid` */
  async get(avatarId: string): Promise<RigFile> {
    const known = this.#files.get(avatarId);
    const file = known ?? (await this.#making.run(avatarId, () => this.#make(avatarId)));
    this.#files.delete(avatarId);
    this.#files.set(avatarId, file);
    if (this.#files.size > KEPT) this.#files.delete(this.#files.keys().next().value!);
    return file;
  }

  async #make(avatarId: string): Promise<RigFile> {
    const [rig, pack] = await Promise.all([this.#avatars.rig(avatarId), this.#pack()]);
    const kit = await rendererOf(pack).drawingKit(rig, pack);
    const hash = createHash('sha256').update(kit).digest('hex').slice(0, 32);
    return { hash, gzipped: await promisify(gzip)(kit) };
  }
}
