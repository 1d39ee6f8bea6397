/**
 * The messages between a client and a session: the same on the WebSocket (`/v1/sessions/:id/stream`) and on the WebRTC
 * data channel. Each is one MessagePack map with a `type`. Both ends parse what they receive with these schemas; the
 * client shares nothing else with the server. Messages are taken in their order.
 *
 * **Versions.** `hello` says which one the client speaks, and `ready` answers with it. Until then, and for a `hello` of
 * version 1, it is 1, of which the marks `2` below are left out. A data channel is `ready` with version 1 when it
 * opens, and once more after a `hello` of version 2.
 *
 * **Utterances.** Voice is spoken in utterances. The server numbers them as they begin (`utterance` in events); in
 * version 2 the client may name them too (`utterance` in its messages, `id` in events), each name once in a connection.
 * - `audio` with a new name begins an utterance, and completes the one before it on this connection. `audio` without
 *   a name belongs to the one that is being received, or begins one.
 * - `speech.end` completes it. `interrupt` without a name drops everything, of all connections; with one it drops that
 *   utterance alone, and does nothing where that is over. What follows on the same connection is new.
 * - Utterances are spoken one after the other, in the order in which they began, also those of several connections.
 *   A microphone (`live`, or a WebRTC track) gives way: what it hears is dropped while an utterance waits or is spoken.
 * - Each utterance has exactly one `speech.ended`, in order, also if it was dropped before its first sample
 *   (`playedMs` 0), with a reason: `completed`, `interrupted`, or `underrun` where its sender stopped without a word.
 *
 * **Late voice** (2). Voice with the name of an utterance that is over, however it ended, is dropped. Voice without a
 * name is dropped after somebody else has interrupted the utterance to which it belongs (the user by talking, or
 * another connection), until the sender sends `speech.end`, `interrupt` or a new name. The first piece that is dropped
 * is told by the warning `late_voice`. What a microphone hears is never late. The last 1000 names are remembered.
 *
 * **Gaps** (2). Where voice does not come in time, the mouth closes and, after 300 ms without, `speech.stalled` is told;
 * with the next voice `speech.continued`. An utterance ends with the reason `underrun` 10 s after it has run dry, or
 * when its connection ends. In version 1, and for what a microphone hears, it is complete a second after its last voice.
 */
import { Packr } from 'msgpackr';
import { z } from 'zod';
import { backgroundSchema } from './backdrop.ts';
import { controlsSchema } from './controls.ts';
import { audioFormatSchema, VIDEO_CODECS } from './formats.ts';
import { MAX_UTTERANCE_ID_LENGTH, SPEECH_ENDS } from './speech.ts';
import { statsSchema } from './stats.ts';

/** The newest; all from 1 on are answered. */
export const WIRE_VERSION = 2;
const versionSchema = z.literal([1, 2]);
export type WireVersion = z.infer<typeof versionSchema>;
/** Label of the WebRTC data channel that carries these messages. */
export const CONTROL_CHANNEL = 'vultus';

/** Of one `audio` message: over a second at 48 kHz, and little enough to be resampled in passing. */
export const MAX_AUDIO_BYTES = 1 << 17;

/** What a client calls an utterance. */
const utteranceId = z.string().min(1).max(MAX_UTTERANCE_ID_LENGTH);
/** The number of an utterance, and what its sender calls it (2). */
const utterance = { utterance: z.number(), id: z.string().optional() };

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'must be binary');

export const clientMessageSchema = z.discriminatedUnion('type', [
  /** First message: the format of the voice to come (mono) and what to send back. */
  z.strictObject({
    type: z.literal('hello'),
    version: versionSchema,
    audio: audioFormatSchema.default({ encoding: 's16le', sampleRateHz: 16000 }),
    outputs: z
      .strictObject({ video: z.boolean(), voice: z.boolean(), motion: z.boolean() })
      .partial()
      .default({}),
    /** The format of a microphone (`audio` with `live`), where it has one of its own (2). */
    microphone: audioFormatSchema.optional(),
    /** What the client can decode, the one that it likes best first, for sessions that leave it to that (`auto`). */
    videoCodecs: z.array(z.enum(VIDEO_CODECS)).max(VIDEO_CODECS.length).optional(),
    /** What a microphone is for (`audio` with `live`): the avatar speaks with it (default), or listens to it. */
    voiceInput: z.enum(['speak', 'listen']).optional(),
  }),
  /** Voice to speak: s16le samples (any number) or exactly one Opus packet. Faster than real time is allowed. */
  z.strictObject({
    type: z.literal('audio'),
    data: bytes.refine((data) => data.length <= MAX_AUDIO_BYTES, `must be at most ${MAX_AUDIO_BYTES} bytes`),
    /** From a microphone, in real time: pauses may be shortened where the voice has fallen behind. */
    live: z.boolean().optional(),
    utterance: utteranceId.optional(),
  }),
  /** The utterance is complete: `speech.ended` follows once its last sample has left. */
  z.strictObject({ type: z.literal('speech.end'), utterance: utteranceId.optional() }),
  /** Drop what is queued and fall silent at once. */
  z.strictObject({ type: z.literal('interrupt'), utterance: utteranceId.optional() }),
  /** Fall silent at once and keep what is queued; `resume` goes on from the sample. */
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('resume') }),
  z.strictObject({ type: z.literal('control'), controls: controlsSchema }),
  /** Another background from the next picture on. */
  z.strictObject({ type: z.literal('background'), background: backgroundSchema }),
  /** Ask for a key frame, for instance after a decoder was reset. */
  z.strictObject({ type: z.literal('keyframe') }),
  z.strictObject({ type: z.literal('ping'), id: z.number() }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;
/** What a client writes: defaults may be left out. */
export type ClientMessageInput = z.input<typeof clientMessageSchema>;

export const serverMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    version: versionSchema,
    sessionId: z.string(),
    /** Opens the next connection to this session; the token that opened this one ends when it is used. */
    token: z.string().optional(),
    /** WebCodecs codec string, for instance `avc1.42001f` or `vp8`. */
    video: z.object({ codec: z.string(), width: z.number(), height: z.number(), fps: z.number() }),
    voice: z.object({ codec: z.literal('opus'), sampleRateHz: z.literal(48000), channels: z.literal(1) }),
    /** By how much voice and picture together follow the voice that came in. */
    delayMs: z.number(),
  }),
  z.object({
    type: z.literal('video'),
    mediaTimeMs: z.number(),
    epoch: z.number(),
    key: z.boolean(),
    data: bytes,
  }),
  z.object({ type: z.literal('voice'), mediaTimeMs: z.number(), epoch: z.number(), data: bytes }),
  /** `data`: 58 little-endian float32, see motion-frame.ts. */
  z.object({ type: z.literal('motion'), mediaTimeMs: z.number(), epoch: z.number(), data: bytes }),
  z.object({ type: z.literal('state'), state: z.enum(['speaking', 'listening', 'idle']) }),
  /** Its first sample leaves. */
  z.object({ type: z.literal('speech.started'), ...utterance, mediaTimeMs: z.number() }),
  z.object({
    type: z.literal('speech.ended'),
    ...utterance,
    /** Voice of this utterance that really left the server, milliseconds. */
    playedMs: z.number(),
    interrupted: z.boolean(),
    /** (2) */
    reason: z.enum(SPEECH_ENDS).optional(),
  }),
  /** From this media time on there is silence, because the voice does not come in time (2). */
  z.object({ type: z.literal('speech.stalled'), ...utterance, mediaTimeMs: z.number() }),
  /** The voice has come, and goes on (2). */
  z.object({ type: z.literal('speech.continued'), ...utterance, mediaTimeMs: z.number() }),
  /** From this media time on the voice is held back, or goes on. */
  z.object({ type: z.literal('speech.paused'), mediaTimeMs: z.number() }),
  z.object({ type: z.literal('speech.resumed'), mediaTimeMs: z.number() }),
  /** The user began or stopped talking, on a microphone that the avatar listens to. */
  z.object({ type: z.literal('user.started') }),
  z.object({ type: z.literal('user.ended'), talkedMs: z.number() }),
  z.object({ type: z.literal('stats'), stats: statsSchema }),
  z.object({ type: z.literal('warning'), code: z.string(), message: z.string() }),
  z.object({
    type: z.literal('error'),
    code: z.string(),
    message: z.string(),
    /** Seconds after which it is worth trying again, where waiting helps. */
    retryAfterS: z.number().optional(),
  }),
  z.object({ type: z.literal('pong'), id: z.number() }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;

// Plain MessagePack: no msgpackr record extension, so that any MessagePack library can take part.
const packr = new Packr({ useRecords: false, variableMapSize: true, useBigIntExtension: false });

function decode(data: Uint8Array): unknown {
  return packr.unpack(data);
}

export function serializeClientMessage(message: ClientMessageInput): Uint8Array {
  return packr.pack(message);
}

export function serializeServerMessage(message: ServerMessage): Uint8Array {
  return packr.pack(message);
}

/** Throws whatever msgpackr or zod throw: the caller answers with `invalid_message`. */
export function parseClientMessage(data: Uint8Array): ClientMessage {
  return clientMessageSchema.parse(decode(data));
}

export function parseServerMessage(data: Uint8Array): ServerMessage {
  return serverMessageSchema.parse(decode(data));
}
