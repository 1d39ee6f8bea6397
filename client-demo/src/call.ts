import {
  type ControlsPatch,
  isWebRtcBlocked,
  type LiveConnection,
  preferredSampleRateHz,
  type Session,
  type Vultus,
  type VultusClientError,
} from '../../src/client/index.ts';
import { attachOverlay, type Overlay } from '../../src/client/overlay.ts';
import { attachWebCodecs, type WebCodecsPlayer } from '../../src/client/web-codecs.ts';
import { sidesOf } from './formats.ts';
import type { Settings } from './settings.ts';
import type { Stage } from './stage.ts';

interface CallEvents {
  /** WebRTC does not get through; the WebSocket is tried. */
  onFallback: (error: VultusClientError) => void;
  onLive: (live: LiveConnection) => void;
  /** The session is over; with an error when it ended by itself. */
  onEnd: (error: unknown) => void;
}

/** One session on the stage, from start to stop; at most one at a time. */
export class Call {
  readonly #vultus: Vultus;
  readonly #stage: Stage;
  readonly #events: CallEvents;
  #abort: AbortController | undefined;
  #session: Session | undefined;
  #live: LiveConnection | undefined;
  #player: WebCodecsPlayer | undefined;
  #overlay: Overlay | undefined;
  #volume = 1;
  #muted = false;

  constructor(vultus: Vultus, stage: Stage, events: CallEvents) {
    this.#vultus = vultus;
    this.#stage = stage;
    this.#events = events;
    addEventListener('pagehide', () => {
      this.#live?.close();
      void this.#session?.close({ keepalive: true }).catch(() => {});
    });
  }

  get live(): LiveConnection | undefined {
    return this.#live;
  }

  /** Pictures that this page has shown so far; undefined where none is counted (a stream, in Firefox). */
  get framesShown(): number | undefined {
    if (this.#player) return this.#player.framesDrawn;
    return this.#stage.video.getVideoPlaybackQuality?.().totalVideoFrames || undefined;
  }

  setVolume(volume: number, muted: boolean): void {
    this.#volume = volume;
    this.#muted = muted;
    this.#stage.video.volume = volume;
    this.#stage.video.muted = muted;
    if (this.#player) this.#player.volume = muted ? 0 : volume;
  }

  /** Of a session that was opened for it, from now on. */
  drawBy(drawer: Settings['draw']): void {
    this.#player?.drawBy(drawer);
  }

  /** Resolves when the avatar is on the stage; a failure is told by `onEnd`. */
  async start(avatarId: string, settings: Settings, controls: ControlsPatch): Promise<void> {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    const { signal } = abort;
    this.#stage.phase = 'connecting';
    this.#stage.shape = sidesOf(settings.size);
    this.#stage.busy = 'Waking the portrait…';
    try {
      const { size, fit, fps, codec, latency, background, route } = settings;
      const draw = route === 'websocket' ? settings.draw : 'server';
      const session = await this.#vultus.sessions.create(
        { avatarId, ...sidesOf(size), fit, fps, codec, latency, background, draw, controls },
        signal,
      );
      if (signal.aborted) return void session.close().catch(() => {});
      this.#session = session;
      this.#stage.busy = route === 'webrtc' ? 'Connecting by WebRTC…' : 'Connecting by WebSocket…';
      const live = await (route === 'webrtc'
        ? this.#byEitherRoute(session, signal)
        : this.#byWebSocket(session, signal));
      this.#show(live, background === 'matte');
      live.on('reconnecting', ({ attempt, error }) => {
        // The server answers, but again no packet of WebRTC gets through.
        if (live.route === 'webrtc' && attempt > 1 && isWebRtcBlocked(error)) {
          void this.#goOnByWebSocket(session, abort, background === 'matte', error);
        }
      });
    } catch (error) {
      if (this.#abort === abort) this.#end(error);
    }
  }

  #show(live: LiveConnection, hasMatte: boolean): void {
    this.#live = live;
    live.on('closed', ({ error }) => {
      // Not when the page itself ends it.
      if (this.#live === live) this.#end(error);
    });
    this.#stage.phase = 'live';
    this.#stage.state = live.state;
    const shown = live.route === 'webrtc' ? 'video' : 'canvas';
    if (hasMatte) this.#overlay = attachOverlay(this.#stage[shown], this.#stage.overlay);
    this.#stage.reveal(hasMatte ? 'overlay' : shown);
    this.#events.onLive(live);
  }

  /** The network has changed to one without WebRTC; the session is the same. */
  async #goOnByWebSocket(
    session: Session,
    abort: AbortController,
    hasMatte: boolean,
    error: VultusClientError,
  ): Promise<void> {
    const former = this.#live;
    this.#live = undefined;
    former?.close();
    this.#overlay?.close();
    this.#overlay = undefined;
    this.#events.onFallback(error);
    try {
      const live = await this.#byWebSocket(session, abort.signal);
      this.#show(live, hasMatte);
    } catch (cause) {
      if (this.#abort === abort) this.#end(cause);
    }
  }

  stop(): void {
    this.#abort?.abort(new Error('Stopped.'));
    if (this.#abort) this.#end(undefined);
  }

  async #byEitherRoute(session: Session, signal: AbortSignal): Promise<LiveConnection> {
    const { video } = this.#stage;
    const live = await session.connect({
      video,
      audio: { encoding: 's16le', sampleRateHz: preferredSampleRateHz() },
      signal,
      onFallback: (error) => {
        this.#stage.busy = 'Connecting by WebSocket…';
        this.#events.onFallback(error);
      },
    });
    if (live.route === 'websocket') return this.#play(live);
    this.setVolume(this.#volume, this.#muted);
    // Not awaited: it resolves only with the first picture.
    video.play().catch(() => {
      // Without a gesture the picture may run, but without sound.
      video.muted = true;
      return video.play().catch(() => {});
    });
    return live;
  }

  async #byWebSocket(session: Session, signal: AbortSignal): Promise<LiveConnection> {
    const live = await session.connectWebSocket({
      audio: { encoding: 's16le', sampleRateHz: preferredSampleRateHz() },
      signal,
    });
    return this.#play(live);
  }

  async #play(live: LiveConnection): Promise<LiveConnection> {
    try {
      this.#player = await attachWebCodecs(live, this.#stage.freshCanvas());
      this.setVolume(this.#volume, this.#muted);
      void this.#player.resume();
    } catch (error) {
      live.close();
      throw error;
    }
    return live;
  }

  #end(error: unknown): void {
    const session = this.#session;
    const live = this.#live;
    this.#abort = undefined;
    this.#session = undefined;
    this.#live = undefined;
    this.#player?.close();
    this.#player = undefined;
    this.#overlay?.close();
    this.#overlay = undefined;
    live?.close();
    // The server ends forgotten sessions by itself; this only frees the place sooner.
    void session?.close().catch(() => {});
    this.#stage.phase = 'ready';
    this.#stage.progress = 0;
    this.#events.onEnd(error);
  }
}
