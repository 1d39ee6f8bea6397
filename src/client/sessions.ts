import type { Http } from './http.ts';
import type { SessionInfo, SessionOptions } from './http-types.ts';
import { Session, sessionPath } from './session.ts';

/** `/v1/sessions`: avatars that are alive on the server. */
export class Sessions {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** @throws VultusClientError `avatar_not_found`, `at_capacity`, `invalid_request` */
  async create(options: SessionOptions, signal?: AbortSignal): Promise<Session> {
    const info = await this.#http.postJson<SessionInfo>('/v1/sessions', options, { signal });
    return new Session(this.#http, info, info.token);
  }

  async list(signal?: AbortSignal): Promise<SessionInfo[]> {
    const { sessions } = await this.#http.json<{ sessions: SessionInfo[] }>('GET', '/v1/sessions', {
      signal,
    });
    return sessions;
  }

  /**
   * A session that somebody else opened. `token`: of it, where there is no API key (`Session.createToken`).
   * @throws VultusClientError `session_not_found`, `unauthorized`
   */
  async get(id: string, token?: string): Promise<Session> {
    return new Session(
      this.#http,
      await this.#http.json<SessionInfo>('GET', sessionPath(id), { token }),
      token,
    );
  }

  /** @throws VultusClientError `session_not_found` */
  delete(id: string): Promise<void> {
    return this.#http.delete(sessionPath(id));
  }
}
