import { type FacePoints, serializeFacePoints } from '../contract/face-points.ts';
import type { Http } from './http.ts';
import type { AvatarInfo } from './http-types.ts';

export type Picture = Blob | Uint8Array<ArrayBuffer> | ArrayBuffer;

export interface CreateAvatarOptions {
  name?: string;
  /** Which face, where a picture shows several: 0 is the largest. */
  face?: number;
  /** Where eyes, corners of the mouth and chin are, for a face that is not found: fractions of the upright picture. */
  points?: FacePoints;
  signal?: AbortSignal;
}

/** `/v1/avatars`: portraits that the server has made ready to talk. */
export class Avatars {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /**
   * Makes an avatar from a portrait: PNG, JPEG, WebP or AVIF with one face from the front.
   * @throws VultusClientError `portrait_not_an_image`, `portrait_no_face`, … with a sentence to show
   */
  async create(
    picture: Picture,
    { name, face, points, signal }: CreateAvatarOptions = {},
  ): Promise<AvatarInfo> {
    const query = new URLSearchParams();
    if (name) query.set('name', name);
    if (face !== undefined) query.set('face', String(face));
    if (points) query.set('points', serializeFacePoints(points));
    const body = picture instanceof Blob ? picture : new Blob([picture]);
    return this.#http.json('POST', `/v1/avatars${query.size > 0 ? `?${query}` : ''}`, {
      body,
      contentType: await imageType(body),
      signal,
    });
  }

  async list(signal?: AbortSignal): Promise<AvatarInfo[]> {
    const { avatars } = await this.#http.json<{ avatars: AvatarInfo[] }>('GET', '/v1/avatars', { signal });
    return avatars;
  }

  /** @throws VultusClientError `avatar_not_found` */
  get(id: string): Promise<AvatarInfo> {
    return this.#http.json('GET', avatarPath(id));
  }

  /** @throws VultusClientError `avatar_not_found`, `avatar_in_gallery` */
  rename(id: string, name: string): Promise<AvatarInfo> {
    return this.#http.patchJson(avatarPath(id), { name });
  }

  /**
   * Whether viewers may be given what draws it, portrait included, in sessions with `draw: 'client'` (they may, until this
   * says otherwise).
   * @throws VultusClientError `avatar_not_found`, `avatar_in_gallery`
   */
  setClientDrawing(id: string, allowed: boolean): Promise<AvatarInfo> {
    return this.#http.patchJson(avatarPath(id), { clientDrawing: allowed });
  }

  /** @throws VultusClientError `avatar_not_found`, `avatar_in_gallery` */
  delete(id: string): Promise<void> {
    return this.#http.delete(avatarPath(id));
  }

  /**
   * A JPEG of the portrait as the avatar shows it.
   * @throws VultusClientError `avatar_not_found`
   */
  preview(id: string, signal?: AbortSignal): Promise<Blob> {
    return this.#http.blob(`${avatarPath(id)}/preview`, signal);
  }

  /** Address of the same JPEG, for servers that ask for no key. */
  previewUrl(id: string): string {
    return `${this.#http.baseUrl}${avatarPath(id)}/preview`;
  }
}

function avatarPath(id: string): string {
  return `/v1/avatars/${encodeURIComponent(id)}`;
}

/** The type by the first bytes: file names lie, and pasted or raw bytes have none. */
async function imageType(picture: Blob): Promise<string> {
  const head = new Uint8Array(await picture.slice(0, 12).arrayBuffer());
  const text = String.fromCharCode(...head);
  if (text.startsWith('\x89PNG')) return 'image/png';
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) return 'image/webp';
  if (/^....ftypavi[fs]/s.test(text)) return 'image/avif';
  return picture.type || 'application/octet-stream';
}
