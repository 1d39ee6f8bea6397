/** The client's end of the wire: small, and without `eval`, because it is part of pages. */
import { decode, encode } from '@msgpack/msgpack';
import type { SessionStats } from '../stats.ts';
import type { ClientMessageInput } from './client-messages.ts';
import { isCompact, parseCompact } from './compact.ts';
import type { ServerMessage } from './server-messages.ts';
import {
  boolean,
  bytes,
  type Check,
  type Fields,
  number,
  object,
  oneOf,
  optional,
  recordOf,
  string,
} from './shape.ts';

type Type = ServerMessage['type'];
type Of<Name extends Type> = Extract<ServerMessage, { type: Name }>;

const utterance = { utterance: number, id: optional(string) };
const media = { mediaTimeMs: number, epoch: number, data: bytes };
const spread = object({ p50: number, p95: number });
const stats = object<SessionStats>({
  fps: number,
  framesSent: number,
  framesLate: number,
  bitrateKbps: number,
  delayMs: spread,
  delayStages: recordOf(spread),
  stages: recordOf(spread),
  encoders: number,
  queuedMs: number,
  provider: string,
});

const FIELDS: { readonly [Name in Type]: Fields<Omit<Of<Name>, 'type'>> } = {
  ready: {
    version: oneOf(1, 2),
    sessionId: string,
    token: optional(string),
    video: object({ codec: string, width: number, height: number, fps: number }),
    voice: object({ codec: oneOf('opus', 's16le'), sampleRateHz: number, channels: oneOf(1) }),
    delayMs: number,
    drawing: optional(
      object({
        seed: number,
        width: number,
        height: number,
        fit: oneOf('portrait', 'shoulders', 'head'),
        background: string,
      }),
    ),
  },
  video: { ...media, key: boolean },
  voice: media,
  picture: { ...media, width: number, height: number },
  motion: media,
  drawn: media,
  background: { background: string },
  'user.audio': { mediaTimeMs: number, data: bytes },
  caption: { mediaTimeMs: number, data: string },
  state: { state: oneOf('speaking', 'listening', 'idle') },
  'speech.started': { ...utterance, mediaTimeMs: number },
  'speech.word': {
    ...utterance,
    index: number,
    text: string,
    startMs: number,
    endMs: number,
    mediaTimeMs: number,
  },
  'speech.ended': {
    ...utterance,
    playedMs: number,
    interrupted: boolean,
    reason: optional(oneOf('completed', 'interrupted', 'underrun')),
    lastWord: optional(object({ index: number, text: string })),
  },
  'speech.stalled': { ...utterance, mediaTimeMs: number },
  'speech.continued': { ...utterance, mediaTimeMs: number },
  'speech.paused': { mediaTimeMs: number },
  'speech.resumed': { mediaTimeMs: number },
  'user.started': {},
  'user.ended': { talkedMs: number },
  stats: { stats },
  warning: { code: string, message: string },
  error: { code: string, message: string, retryAfterS: optional(number) },
  pong: { id: number },
};
const CHECKS = new Map<unknown, Check<unknown>>(
  Object.entries(FIELDS).map(([type, fields]) => [type, object(fields as Fields<object>)]),
);

/** Room for arrays is made for as many as they announce; messages of the server have none so far. */
const LIMITS = { maxArrayLength: 64 };

export function serializeClientMessage(message: ClientMessageInput): Uint8Array<ArrayBuffer> {
  return encode(message, { ignoreUndefined: true });
}

/** Throws what the MessagePack library throws, and a `TypeError` for what is no message of the server. */
export function parseServerMessage(data: Uint8Array): ServerMessage {
  if (isCompact(data)) return parseCompact(data);
  const message = decode(data, LIMITS);
  const { type } = (message ?? {}) as { type?: unknown };
  if (!CHECKS.get(type)?.(message)) throw new TypeError(`This is no message of type ${String(type)}.`);
  return message as ServerMessage;
}
