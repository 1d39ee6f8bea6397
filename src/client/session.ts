import type { Role } from '../contract/roles.ts';
import { isWebRtcBlocked, VultusClientError } from './client-error.ts';
import { Http } from './http.ts';
import type { SessionInfo } from './http-types.ts';
import type { LiveConnection } from './live-connection.ts';
import { preferredSampleRateHz } from './microphone-capture.ts';
import { Pushes } from './pushes.ts';
import { readSessionUrls, type SessionUrls } from './session-urls.ts';
import { WebRtcConnection, type WebRtcOptions } from './webrtc-connection.ts';
import { WebSocketConnection, type WebSocketOptions } from './websocket-connection.ts';

/** How long `connect` lets WebRTC try: a session ends after ten seconds without anybody. */
const WEBRTC_TRIAL_MS = 6000;

/** Of both routes; see there. */
export interface ConnectOptions
  extends Omit<WebRtcOptions, 'timeoutMs'>,
    Omit<WebSocketOptions, 'timeoutMs'> {
  /** WebRTC does not work here, and the WebSocket is tried. */
  onFallback?: (error: VultusClientError) => void;
}

export class Session {
  readonly id: string;
  /** As the server answered when this object was made. */
  readonly info: Pick<SessionInfo, 'id'> & Partial<SessionInfo>;
  /** WHIP endpoints that it is published to. */
  readonly pushes: Pushes;
  readonly #http: Http;
  #token: string | undefined;

  /** Use `Vultus.sessions`, or `Session.fromUrls`. */
  constructor(http: Http, info: Session['info'], token?: string) {
    this.#http = http;
    this.info = info;
    this.id = info.id;
    this.pushes = new Pushes(http, sessionPath(info.id));
    this.#token = token;
  }

  /**
   * A session that another program has opened, by the addresses that it was answered with: that program keeps the key,
   * the page needs none. `url`: the server's, where the addresses are relative (default: the page's own).
   * @throws TypeError where they are no addresses of a session
   */
  static fromUrls(urls: SessionUrls & Partial<SessionInfo>, { url }: { url?: string } = {}): Session {
    const { server, id, token } = readSessionUrls(urls, url ?? globalThis.location?.href);
    return new Session(new Http(server), { ...urls, id }, token ?? urls.token);
  }

  /** For somebody who connects without the API key: enough for this session, and until it ends. */
  async createToken(role: Role = 'control'): Promise<string> {
    const path = `${sessionPath(this.id)}/tokens`;
    const { token } = await this.#http.postJson<{ token: string }>(path, { role }, { token: this.#token });
    return token;
  }

  /**
   * Connects by WebRTC or, where that does not work (no WebRTC here, UDP is blocked), by WebSocket; `route` of the
   * connection says which it is. Where this browser is to draw, it is the WebSocket at once. On a WebSocket the page shows the avatar with `attachWebCodecs`.
   * @throws VultusClientError as the two others do
   */
  async connect(options: ConnectOptions = {}): Promise<WebRtcConnection | WebSocketConnection> {
    const { draw = this.info.settings?.draw } = options;
    try {
      if (draw !== 'client') return await this.connectWebRtc({ ...options, timeoutMs: WEBRTC_TRIAL_MS });
    } catch (error) {
      if (!isWebRtcBlocked(error)) throw error;
      options.onFallback?.(error);
    }
    const { microphone = null } = options;
    const microphoneAudio = options.microphoneAudio ?? {
      encoding: 's16le',
      sampleRateHz: preferredSampleRateHz(),
    };
    const live = await this.connectWebSocket({ ...options, ...(microphone && { microphoneAudio }) });
    if (microphone) await live.setMicrophone(microphone);
    return live;
  }

  /** Connects a browser: the avatar comes as WebRTC tracks. */
  async connectWebRtc(options: WebRtcOptions = {}): Promise<WebRtcConnection> {
    const path = `${sessionPath(this.id)}/webrtc`;
    const tokens = this.#tokensFor(options.role);
    const live = await WebRtcConnection.connect(
      {
        connect: (offer, signal) =>
          this.#http.postJson(`${path}${query({ role: options.role })}`, offer, {
            token: tokens.next(),
            signal,
          }),
        restart: (offer) => this.#http.patchJson(path, offer, { token: tokens.next() }),
      },
      this.id,
      options,
    );
    tokens.follow(live);
    return live;
  }

  /** Connects a browser or Node: the avatar comes as encoded packets and motion frames. */
  async connectWebSocket(options: WebSocketOptions = {}): Promise<WebSocketConnection> {
    const path = `${sessionPath(this.id)}/stream`;
    const { draw = this.info.settings?.draw } = options;
    const tokens = this.#tokensFor(options.role);
    const live = await WebSocketConnection.connect(
      {
        url: async () => {
          // With a key but without a token: the key cannot be sent with a WebSocket.
          if (this.#token === undefined && this.#http.hasKey) this.#token = await this.createToken();
          return this.#http.webSocketUrl(`${path}${query({ role: options.role, token: tokens.next() })}`);
        },
        whyRefused: () => this.#whyRefused(),
        rig: (known, signal) =>
          this.#http.get(`${sessionPath(this.id)}/rig`, {
            token: tokens.next(),
            signal,
            ...(known.length > 0 && { headers: { 'if-none-match': known.join(', ') } }),
          }),
      },
      this.id,
      { ...options, draw },
    );
    tokens.follow(live);
    return live;
  }

  /** Each connection brings the token of the next. What lets a viewer in does not let the client in. */
  #tokensFor(role: Role = 'control') {
    let own: string | undefined;
    const keep = ({ token }: { token?: string }) => {
      if (role === 'control') this.#token = token ?? this.#token;
      else own = token ?? own;
    };
    return {
      next: () => own ?? this.#token,
      follow: (live: LiveConnection) => {
        keep(live.ready);
        live.on('reconnected', keep);
      },
    };
  }

  /** Plain HTTP knows whether the session or the server is gone. */
  async #whyRefused(): Promise<VultusClientError> {
    try {
      await this.refresh();
    } catch (error) {
      if (error instanceof VultusClientError) return error;
    }
    return new VultusClientError(
      'server_unreachable',
      `No WebSocket could be opened at ${this.#http.baseUrl}.`,
    );
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

/** In the HTTP API. */
export function sessionPath(id: string): string {
  return `/v1/sessions/${encodeURIComponent(id)}`;
}
