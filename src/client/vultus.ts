import { Avatars } from './avatars.ts';
import { Http } from './http.ts';
import type { Health } from './http-types.ts';
import { Sessions } from './sessions.ts';

export interface VultusOptions {
  /** Where the server is, for instance `http://localhost:8080`; in a page, default its own origin. */
  url?: string;
  /** Where the server was started with a key. Keep it out of public pages: create sessions on your own server. */
  apiKey?: string;
  /** Sent with every HTTP request, for instance the token of a proxy in front. */
  headers?: Record<string, string>;
}

/**
 * One Vultus server.
 *
 * ```ts
 * const vultus = new Vultus({ url: 'http://localhost:8080' });
 * const avatar = await vultus.avatars.create(file);
 * const session = await vultus.sessions.create({ avatarId: avatar.id });
 * const live = await session.connectWebRtc({ video: document.querySelector('video')! });
 * live.speak(samples); // mono float32 at 24 kHz
 * live.endSpeech();
 * ```
 */
export class Vultus {
  readonly url: string;
  readonly avatars: Avatars;
  readonly sessions: Sessions;
  readonly #http: Http;

  /** @throws TypeError without an address, or with one that does not begin with `http://` or `https://` */
  constructor(options: VultusOptions = {}) {
    const url = options.url ?? globalThis.location?.origin;
    if (!url) throw new TypeError('Outside a page, give the address of the server: new Vultus({ url }).');
    const isWithinPage = globalThis.location !== undefined && url.startsWith('/');
    if (!isWithinPage && !/^https?:\/\/./i.test(url)) {
      throw new TypeError(`The address of a server begins with http:// or https://; "${url}" does not.`);
    }
    const authorization: Record<string, string> = options.apiKey
      ? { authorization: `Bearer ${options.apiKey}` }
      : {};
    this.#http = new Http(url, { ...authorization, ...options.headers });
    this.url = this.#http.baseUrl;
    this.avatars = new Avatars(this.#http);
    this.sessions = new Sessions(this.#http);
  }

  health(signal?: AbortSignal): Promise<Health> {
    return this.#http.json('GET', '/healthz', { signal });
  }
}
