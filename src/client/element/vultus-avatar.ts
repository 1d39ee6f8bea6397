import type { VultusClientError } from '../client-error.ts';
import type { LiveConnection } from '../live-connection.ts';
import type { Session } from '../session.ts';
import { attachWebCodecs, type WebCodecsPlayer } from '../web-codecs.ts';
import { followBreaks } from './breaks.ts';
import { Captions } from './captions.ts';
import { type OpenedSession, openSession } from './open-session.ts';
import { AvatarView } from './view.ts';

/** Its DOM events, with their `detail`. */
export interface VultusAvatarEvents {
  /** It is connected; `element.live` is the same. */
  'vultus-live': LiveConnection;
  /** WebRTC does not work here, so the picture comes by WebSocket. */
  'vultus-fallback': VultusClientError;
  /** The connection broke, and another way or a new one is looked for. */
  'vultus-reconnecting': VultusClientError;
  /** It has ended: without an error by `stop()`, or as the session did. */
  'vultus-ended': unknown;
}

// Pages that are rendered on a server import it there, too.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/**
 * An avatar for a page.
 *
 * - `src`: an address of your server that opens a session and answers with its addresses, or an address of a session.
 * - `server`: what addresses of sessions are relative to, if not the page.
 * - `poster`: a picture until it lives; `autoplay`: starts by itself once there is a `src` (without sound, where the browser
 *   wants a gesture first); `muted`; `captions`: shows the texts of `addCaption`.
 */
export class VultusAvatar extends Base {
  static readonly observedAttributes = ['src', 'poster', 'muted', 'captions'];
  readonly #view: AvatarView;
  readonly #captions: Captions;
  #abort: AbortController | undefined;
  #session: OpenedSession | undefined;
  #live: LiveConnection | undefined;
  #player: WebCodecsPlayer | undefined;
  #onPage = false;

  constructor() {
    super();
    this.#view = new AvatarView(this.attachShadow({ mode: 'open' }), {
      onStart: () => void this.start().catch(() => {}),
      onMute: () => this.toggleAttribute('muted'),
      onCaptions: () => this.toggleAttribute('captions'),
    });
    this.#captions = new Captions((text) => {
      this.#view.caption = this.hasAttribute('captions') ? text : '';
    });
  }

  /** To speak, listen and steer; undefined while it is not connected. */
  get live(): LiveConnection | undefined {
    return this.#live;
  }

  /** The text of an utterance, by the name that it is spoken with; shown while it is spoken. */
  addCaption(utterance: string, text: string): void {
    this.#captions.add(utterance, text);
  }

  /**
   * Opens the session and connects, in place of what ran before; best in the handler of a click, for the sound.
   * @throws VultusClientError, which the element shows too
   */
  async start(): Promise<LiveConnection> {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    const { signal } = abort;
    this.#view.show('starting');
    this.#view.notice = '';
    try {
      const session = await openSession(this.getAttribute('src') ?? '', this.getAttribute('server'), signal);
      if (signal.aborted) release(session);
      signal.throwIfAborted();
      this.#session = session;
      if (session.preview && !this.hasAttribute('poster')) this.#view.preview = session.preview;
      return await this.#connect(session.session, signal);
    } catch (error) {
      if (this.#abort === abort) this.#end(error);
      throw error;
    }
  }

  /** Ends the connection, and the session where the element has opened it. */
  stop(): void {
    if (!this.#abort) return;
    this.#abort.abort(new DOMException('The avatar was stopped.', 'AbortError'));
    this.#end(undefined);
  }

  connectedCallback(): void {
    this.#view.muted = this.hasAttribute('muted');
    this.#view.captions = this.hasAttribute('captions');
    this.#onPage = true;
    if (this.#mayStart) void this.start().catch(() => {});
  }

  disconnectedCallback(): void {
    this.#onPage = false;
    this.stop();
  }

  attributeChangedCallback(name: string, former: string | null, value: string | null): void {
    const isOn = value !== null;
    if (name === 'poster') this.#view.poster = value;
    else if (name === 'captions') {
      this.#view.captions = isOn;
      this.#captions.refresh();
    } else if (name === 'muted') {
      this.#view.muted = isOn;
      if (this.#player) this.#player.volume = isOn ? 0 : 1;
      if (!isOn) void this.#player?.resume();
    } else if (name === 'src' && former !== value && (this.#abort || this.#mayStart)) {
      void this.start().catch(() => {});
    }
  }

  get #mayStart(): boolean {
    return this.#onPage && this.hasAttribute('autoplay') && this.hasAttribute('src');
  }

  async #connect(session: Session, signal: AbortSignal): Promise<LiveConnection> {
    const { video, canvas } = this.#view;
    const live = await session.connect({
      video,
      signal,
      onFallback: (error) => this.#tell('vultus-fallback', error),
    });
    this.#live = live;
    live.on('closed', ({ error }) => {
      if (this.#live === live) this.#end(error);
    });
    followBreaks(live, {
      onBroken: (error) => {
        this.#view.notice = 'Connecting again …';
        this.#tell('vultus-reconnecting', error);
      },
      onMended: () => {
        this.#view.notice = '';
      },
    });
    if (live.route === 'websocket') {
      this.#player = await attachWebCodecs(live, canvas, { volume: this.hasAttribute('muted') ? 0 : 1 });
      void this.#player.resume();
      this.#view.show('canvas');
    } else {
      // Without a gesture the picture may run, but without sound.
      video.play().catch(() => {
        if (signal.aborted) return;
        this.toggleAttribute('muted', true);
        void video.play().catch(() => {});
      });
      this.#view.show('video');
    }
    signal.throwIfAborted();
    this.#captions.follow(live);
    this.#tell('vultus-live', live);
    return live;
  }

  #end(error: unknown): void {
    const [live, player, session] = [this.#live, this.#player, this.#session];
    this.#abort = undefined;
    this.#live = undefined;
    this.#player = undefined;
    this.#session = undefined;
    player?.close();
    live?.close();
    if (session) release(session);
    this.#captions.clear();
    this.#view.show('poster');
    this.#view.notice = error instanceof Error ? error.message : '';
    this.#tell('vultus-ended', error);
  }

  #tell<Name extends keyof VultusAvatarEvents>(name: Name, detail: VultusAvatarEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** The server ends forgotten sessions by itself; this only frees the place sooner. */
function release({ session, isOurs }: OpenedSession): void {
  if (isOurs) void session.close({ keepalive: true }).catch(() => {});
}
