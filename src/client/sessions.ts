import type { Role } from '../contract/roles.ts';
import { VultusClientError } from './client-error.ts';
import type { Http } from './http.ts';
import type { SessionInfo, SessionOptions } from './http-types.ts';
import type { LiveConnection } from './live-connection.ts';
import { WebRtcConnection, type WebRtcOptions } from './webrtc-connection.ts';
import { WebSocketConnection, type WebSocketOptions } from './websocket-connection.ts';

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

export class Session {
  readonly id: string;
  /** As the server answered when this object was made. */
  readonly info: SessionInfo;
  readonly #http: Http;
  #token: string | undefined;

  constructor(http: Http, info: SessionInfo, token?: string) {
    this.#http = http;
    this.info = info;
    this.id = info.id;
    this.#token = token;
  }

  /** For somebody who connects without the API key: enough for this session, and until it ends. */
  async createToken(role: Role = 'control'): Promise<string> {
    const path = `${sessionPath(this.id)}/tokens`;
    const { token } = await this.#http.postJson<{ token: string }>(path, { role }, { token: this.#token });
    return token;
  }

  /** Connects a browser: the avatar comes as WebRTC tracks. */
  async connectWebRtc(options: WebRtcOptions = {}): Promise<WebRtcConnection> {
    const path = `${sessionPath(this.id)}/webrtc`;
    let token = this.#token;
    const live = await WebRtcConnection.connect(
      {
        connect: (offer, signal) =>
          this.#http.postJson(`${path}${query({ role: options.role })}`, offer, { token, signal }),
        restart: (offer) => this.#http.patchJson(path, offer, { token }),
      },
      this.id,
      options,
    );
    this.#keepToken(live, options);
    token = live.ready.token ?? token;
    return live;
  }

  /** Connects a browser or Node: the avatar comes as encoded packets and motion frames. */
  async connectWebSocket(options: WebSocketOptions = {}): Promise<WebSocketConnection> {
    const path = `${sessionPath(this.id)}/stream`;
    try {
      // With a key but without a token: the key cannot be sent with a WebSocket.
      if (this.#token === undefined && this.#http.hasKey) this.#token = await this.createToken();
      const url = this.#http.webSocketUrl(`${path}${query({ role: options.role, token: this.#token })}`);
      const live = await WebSocketConnection.connect(url, this.id, options);
      this.#keepToken(live, options);
      return live;
    } catch (error) {
      // A refused upgrade tells a browser nothing; plain HTTP knows whether the session or the server is gone.
      if (error instanceof VultusClientError && error.code === 'server_unreachable') await this.refresh();
      throw error;
    }
  }

  /** What lets a viewer in does not let the client in. */
  #keepToken({ ready }: LiveConnection, { role = 'control' }: { role?: Role }): void {
    if (role === 'control') this.#token = ready.token ?? this.#token;
  }

  /** The session as it is now, with state and statistics. */
  refresh(): Promise<SessionInfo> {
    return this.#http.json('GET', sessionPath(this.id), { token: this.#token });
  }

  /**
   * Ends the session and all its connections. Idempotent.
   * `keepalive` lets the request outlive the page (for `pagehide`).
   */
  async close({ keepalive = false } = {}): Promise<void> {
    try {
      await this.#http.delete(sessionPath(this.id), { keepalive, token: this.#token });
    } catch (error) {
      const gone = ['session_not_found', 'session_closed'];
      if (!(error instanceof VultusClientError && gone.includes(error.code))) throw error;
    }
  }
}

function query(parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((one): one is [string, string] => one[1] !== undefined);
  return given.length > 0 ? `?${new URLSearchParams(given)}` : '';
}

function sessionPath(id: string): string {
  return `/v1/sessions/${encodeURIComponent(id)}`;
}
