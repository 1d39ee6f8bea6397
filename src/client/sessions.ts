import type { Role } from '../contract/roles.ts';
import { VultusClientError } from './client-error.ts';
import type { Http } from './http.ts';
import type { SessionInfo, SessionOptions } from './http-types.ts';
import { preferredCodec } from './preferred-codec.ts';
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
    const codec = options.codec === 'auto' ? preferredCodec() : options.codec;
    const info = await this.#http.postJson<SessionInfo>('/v1/sessions', { ...options, codec }, signal);
    return new Session(this.#http, info);
  }

  async list(signal?: AbortSignal): Promise<SessionInfo[]> {
    const { sessions } = await this.#http.json<{ sessions: SessionInfo[] }>('GET', '/v1/sessions', {
      signal,
    });
    return sessions;
  }

  /** @throws VultusClientError `session_not_found` */
  async get(id: string): Promise<Session> {
    return new Session(this.#http, await this.#http.json<SessionInfo>('GET', sessionPath(id)));
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

  constructor(http: Http, info: SessionInfo) {
    this.#http = http;
    this.info = info;
    this.id = info.id;
  }

  /** Connects a browser: the avatar comes as WebRTC tracks. */
  connectWebRtc(options: WebRtcOptions = {}): Promise<WebRtcConnection> {
    const path = `${sessionPath(this.id)}/webrtc`;
    return WebRtcConnection.connect(
      {
        connect: (offer, signal) => this.#http.postJson(`${path}${roleQuery(options)}`, offer, signal),
        restart: (offer) => this.#http.patchJson(path, offer),
      },
      this.id,
      options,
    );
  }

  /** Connects a browser or Node: the avatar comes as encoded packets and motion frames. */
  async connectWebSocket(options: WebSocketOptions = {}): Promise<WebSocketConnection> {
    const url = this.#http.webSocketUrl(`${sessionPath(this.id)}/stream${roleQuery(options)}`);
    try {
      return await WebSocketConnection.connect(url, this.id, options);
    } catch (error) {
      // A refused upgrade tells a browser nothing; plain HTTP knows whether the session or the server is gone.
      if (error instanceof VultusClientError && error.code === 'server_unreachable') await this.refresh();
      throw error;
    }
  }

  /** The session as it is now, with state and statistics. */
  refresh(): Promise<SessionInfo> {
    return this.#http.json('GET', sessionPath(this.id));
  }

  /**
   * Ends the session and all its connections. Idempotent.
   * `keepalive` lets the request outlive the page (for `pagehide`).
   */
  async close({ keepalive = false } = {}): Promise<void> {
    try {
      await this.#http.delete(sessionPath(this.id), { keepalive });
    } catch (error) {
      const gone = ['session_not_found', 'session_closed'];
      if (!(error instanceof VultusClientError && gone.includes(error.code))) throw error;
    }
  }
}

function sessionPath(id: string): string {
  return `/v1/sessions/${encodeURIComponent(id)}`;
}

function roleQuery({ role }: { role?: Role }): string {
  return role ? `?role=${role}` : '';
}
