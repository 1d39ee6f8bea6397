import type { Drawer } from '../contract/drawing.ts';
import { VultusClientError } from './client-error.ts';
import type { ClientDrawing } from './draw/client-drawing.ts';
import type { LiveConnection } from './live-connection.ts';
import { PicturePlayer } from './picture-player.ts';
import { PlayoutClock } from './playout-clock.ts';
import { VOICE_CODEC, VoicePlayer } from './voice-player.ts';
import type { WebSocketConnection } from './websocket-connection.ts';

/** A picture that is later than this is a hiccup: the voice does not stop for it. */
const PICTURE_LEEWAY_MS = 120;

export interface WebCodecsOptions {
  /** 0..1; default 1. */
  volume?: number;
  /** What cannot be decoded; the connection tells it as an `error` event too. */
  onError?: (error: VultusClientError) => void;
}

export interface WebCodecsPlayer {
  readonly framesDrawn: number;
  /** Who drew the picture that is shown, and of when it is; what is heard then is of `heardMs`. */
  readonly shown: { mediaTimeMs: number; by: Drawer } | undefined;
  readonly heardMs: number | undefined;
  /** What a picture takes in this browser, milliseconds: the median of the last ones; 0 where it draws none. */
  readonly pictureMs: number;
  /**
   * Who draws from now on, in a session with `draw: 'client'`, as far as this browser can; `drawing` of the connection
   * tells when, and why another does. In other sessions the server always draws.
   */
  drawBy(by: Drawer): void;
  /** What is shown and heard, for whatever takes a `MediaStream`; always the same one. */
  readonly stream: MediaStream;
  /** 0..1. */
  volume: number;
  /** Sound needs a gesture of the user in most browsers: call this in its handler. */
  resume(): Promise<void>;
  close(): void;
}

/**
 * Plays a WebSocket connection in the browser: pictures on a canvas, voice through Web Audio, both on the clock
 * of the sound card (W3C WebCodecs). Ends with the connection. In a session with `draw: 'client'` it draws the pictures
 * by itself, in a worker, and shows the server's where it cannot keep up.
 * @throws VultusClientError `unsupported` where the browser has no WebCodecs or not this codec
 */
export async function attachWebCodecs(
  live: LiveConnection,
  canvas: HTMLCanvasElement,
  options: WebCodecsOptions = {},
): Promise<WebCodecsPlayer> {
  const { video, drawing } = live.ready;
  if (typeof VideoDecoder === 'undefined' || typeof AudioDecoder === 'undefined') {
    throw new VultusClientError('unsupported', 'This browser has no WebCodecs (it also needs HTTPS).');
  }
  const support = await VideoDecoder.isConfigSupported({ codec: video.codec });
  if (!support.supported) {
    throw new VultusClientError('unsupported', `This browser cannot decode ${video.codec}.`);
  }
  if (!(await AudioDecoder.isConfigSupported(VOICE_CODEC)).supported) {
    throw new VultusClientError('unsupported', 'This browser cannot decode Opus.');
  }
  if (live.closed) throw new VultusClientError('connection_closed', 'The connection is closed.');

  // 48 kHz as decoded: resampling packets one by one would click at every seam.
  const context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
  const clock = new PlayoutClock();
  // Without sound (before a gesture) the pictures follow the page's clock.
  let audible = context.state === 'running';
  const nowMs = () => (audible ? context.currentTime * 1000 : performance.now());
  context.onstatechange = () => {
    audible = context.state === 'running';
    clock.reset();
  };

  let drawn: ClientDrawing | undefined;
  const picture = new PicturePlayer(canvas, video, {
    keyFrameWanted: () => !live.closed && live.requestKeyFrame(),
    decoded: () => drawn?.serverShows(),
  });
  const voice = new VoicePlayer(context, clock, (cause) => {
    const error = new VultusClientError('voice_undecodable', 'Some voice cannot be decoded.', { cause });
    live.report(error);
    options.onError?.(error);
  });
  let volume = options.volume ?? 1;
  voice.volume = volume;

  const ends = [
    live.on('video', (packet) => {
      clock.arrived(packet.mediaTimeMs, nowMs(), PICTURE_LEEWAY_MS);
      picture.push(packet);
    }),
    live.on('voice', (packet) => {
      clock.arrived(packet.mediaTimeMs, nowMs());
      voice.push(packet);
    }),
    live.on('drawn', ({ mediaTimeMs }) => clock.arrived(mediaTimeMs, nowMs(), PICTURE_LEEWAY_MS)),
    live.on('drawing', () => picture.forgetDecoder()),
    live.on('reconnected', () => clock.reset()),
    live.on('closed', () => close()),
  ];
  // What is heard now left the clock `outputLatency` ago.
  const heardMs = () => {
    const latencyMs = audible ? (context.outputLatency || context.baseLatency || 0) * 1000 : 0;
    return clock.mediaTimeMs(nowMs() - latencyMs);
  };
  let animation = requestAnimationFrame(function draw() {
    const mediaTimeMs = heardMs();
    if (mediaTimeMs !== undefined) picture.draw(mediaTimeMs);
    animation = requestAnimationFrame(draw);
  });
  let closed = false;
  function close() {
    if (closed) return;
    closed = true;
    cancelAnimationFrame(animation);
    for (const end of ends) end();
    drawn?.close();
    picture.close();
    voice.close();
    context.onstatechange = null;
    void context.close();
  }
  if (drawing && isWebSocket(live)) {
    const { ClientDrawing } = await import('./draw/client-drawing.ts');
    if (!closed) drawn = new ClientDrawing(live, drawing, (own) => picture.keep({ ...own, by: 'client' }));
  } else live.requestKeyFrame();

  let stream: MediaStream | undefined;
  return {
    get framesDrawn() {
      return picture.framesDrawn;
    },
    get shown() {
      return picture.shown;
    },
    get heardMs() {
      return heardMs();
    },
    get pictureMs() {
      return drawn?.pictureMs ?? 0;
    },
    drawBy: (by) => drawn?.drawBy(by),
    get stream() {
      stream ??= new MediaStream([picture.track, voice.track]);
      return stream;
    },
    get volume() {
      return volume;
    },
    set volume(value: number) {
      volume = value;
      voice.volume = value;
    },
    resume: () => context.resume(),
    close,
  };
}

function isWebSocket(live: LiveConnection): live is WebSocketConnection {
  return live.route === 'websocket';
}
