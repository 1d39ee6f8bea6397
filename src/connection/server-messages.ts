/** What happens in a session, as messages to a peer. */
import { describeBackdrop, stackedHeight } from '../contract/backdrop.ts';
import type { PcmFormat, VideoCodec } from '../contract/formats.ts';
import type { ServerMessage, WireVersion } from '../contract/wire.ts';
import { codecString } from '../media/codec-string.ts';
import type { SessionApi, Taker } from '../session/session-api.ts';
import type { SessionListeners } from './attachment.ts';

type Post = (message: ServerMessage) => void;

/** `token`: opens the next connection of the peer; `codec`: of the pictures that it gets; `drawn`: whether it draws. */
export function readyMessage(
  { id, settings, delayMs }: SessionApi,
  version: WireVersion,
  {
    codec,
    pcm,
    token,
    drawn,
  }: { codec: VideoCodec; pcm: PcmFormat | undefined; token: string | undefined; drawn: boolean },
): ServerMessage {
  const { width, fps, fit, seed, background } = settings;
  const height = stackedHeight(settings.height, settings.background);
  return {
    type: 'ready',
    version,
    sessionId: id,
    ...(token !== undefined && { token }),
    video: { codec: codecString({ codec, width, height, fps }), width, height, fps },
    voice: { codec: pcm?.encoding ?? 'opus', sampleRateHz: pcm?.sampleRateHz ?? 48000, channels: 1 },
    delayMs,
    ...(drawn && {
      drawing: { seed, width, height: settings.height, fit, background: describeBackdrop(background) },
    }),
  };
}

/** Listeners that tell a peer of events which are messages as they stand. */
export function eventMessages(post: Post): Partial<SessionListeners> {
  return {
    state: (state) => post({ type: 'state', state }),
    'speech.started': (event) => post({ type: 'speech.started', ...event }),
    'speech.word': (event) => post({ type: 'speech.word', ...event }),
    'speech.ended': (event) =>
      post({ type: 'speech.ended', ...event, interrupted: event.reason === 'interrupted' }),
    'speech.stalled': (event) => post({ type: 'speech.stalled', ...event }),
    'speech.continued': (event) => post({ type: 'speech.continued', ...event }),
    'speech.paused': (event) => post({ type: 'speech.paused', ...event }),
    'speech.resumed': (event) => post({ type: 'speech.resumed', ...event }),
    'user.started': () => post({ type: 'user.started' }),
    'user.ended': (event) => post({ type: 'user.ended', ...event }),
    stats: (stats) => post({ type: 'stats', stats }),
  };
}

/** A taker that sends on what it is given. */
export function packetMessages(post: Post): Taker {
  return {
    video: ({ mediaTimeMs, epoch, key, data }) => post({ type: 'video', mediaTimeMs, epoch, key, data }),
    voice: ({ mediaTimeMs, epoch, data }) => post({ type: 'voice', mediaTimeMs, epoch, data }),
    userAudio: ({ mediaTimeMs, data }) => post({ type: 'user.audio', mediaTimeMs, data }),
    picture: ({ mediaTimeMs, epoch, width, height, data }) =>
      post({ type: 'picture', mediaTimeMs, epoch, width, height, data }),
    motion: ({ mediaTimeMs, epoch, frame }) => {
      const data = new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength);
      post({ type: 'motion', mediaTimeMs, epoch, data });
    },
    warning: (warning) => post({ type: 'warning', ...warning }),
  };
}

/** As a peer of this version knows it; undefined for what it does not know. */
export function asVersion(version: WireVersion, message: ServerMessage): ServerMessage | undefined {
  if (version > 1) return message;
  switch (message.type) {
    case 'speech.started': {
      const { type, utterance, mediaTimeMs } = message;
      return { type, utterance, mediaTimeMs };
    }
    case 'speech.ended': {
      const { type, utterance, playedMs, interrupted } = message;
      return { type, utterance, playedMs, interrupted };
    }
    case 'speech.stalled':
    case 'speech.continued':
    case 'speech.word':
      return undefined;
    default:
      return message;
  }
}
