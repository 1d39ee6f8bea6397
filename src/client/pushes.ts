import { VultusClientError } from './client-error.ts';
import type { Http } from './http.ts';
import type { PushInfo, PushTarget } from './http-types.ts';

/** Endpoints that a session is published to, beside whoever watches it. All of it takes the API key. */
export class Pushes {
  readonly #http: Http;
  readonly #path: string;

  /** Use `Session.pushes`. */
  constructor(http: Http, sessionPath: string) {
    this.#http = http;
    this.#path = `${sessionPath}/pushes`;
  }

  /**
   * Publishes picture and voice there, until `stop`, the end of the session, or the endpoint's refusal. Resolves once
   * media goes out.
   * @throws VultusClientError `address_not_allowed`, `address_unknown`, `push_refused`, `push_unreachable`,
   * `too_many_viewers`, `unauthorized`
   */
  start(target: PushTarget, signal?: AbortSignal): Promise<PushInfo> {
    return this.#http.postJson<PushInfo>(this.#path, target, { signal });
  }

  async list(signal?: AbortSignal): Promise<PushInfo[]> {
    return (await this.#http.json<{ pushes: PushInfo[] }>('GET', this.#path, { signal })).pushes;
  }

  /** @throws VultusClientError `push_not_found` */
  get(id: string, signal?: AbortSignal): Promise<PushInfo> {
    return this.#http.json<PushInfo>('GET', `${this.#path}/${encodeURIComponent(id)}`, { signal });
  }

  /** Ends it, and tells the endpoint. Idempotent. */
  async stop(id: string): Promise<void> {
    try {
      await this.#http.delete(`${this.#path}/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof VultusClientError && error.code === 'push_not_found')) throw error;
    }
  }
}
