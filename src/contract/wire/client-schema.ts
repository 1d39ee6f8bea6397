/** `ClientMessage`, as the server checks it: strictly, because strangers write it. */
import { z } from 'zod';
import { backgroundSchema } from '../backdrop-schema.ts';
import { controlsSchema } from '../controls-schema.ts';
import { DRAW_REASONS, DRAWERS } from '../drawing.ts';
import { audioFormatSchema, pcmFormatSchema } from '../format-choice.ts';
import { VIDEO_CODECS } from '../formats.ts';
import { CAPTION_FORMATS, PICTURE_ENCODINGS, USER_AUDIO_ENCODINGS } from '../outputs.ts';
import { performedFrameSchema } from '../performed-motion-schema.ts';
import {
  MAX_UTTERANCE_ID_LENGTH,
  MAX_WORD_LENGTH,
  MAX_WORD_TIME_MS,
  MAX_WORDS_IN_MESSAGE,
} from '../speech.ts';
import { userFaceSchema } from '../user-face-schema.ts';
import type { ClientMessage, ClientMessageInput } from './client-messages.ts';
import { MAX_AUDIO_BYTES } from './protocol.ts';

const utterance = z.string().min(1).max(MAX_UTTERANCE_ID_LENGTH).optional();
const timeMs = z.number().min(0).max(MAX_WORD_TIME_MS);
/** `Word` */
export const wordSchema = z
  .strictObject({ text: z.string().min(1).max(MAX_WORD_LENGTH), startMs: timeMs, endMs: timeMs })
  .refine(({ startMs, endMs }) => startMs <= endMs, 'endMs must not be before startMs');
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'must be binary');

export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    version: z.literal([1, 2]),
    audio: audioFormatSchema.default({ encoding: 's16le', sampleRateHz: 16000 }),
    outputs: z
      .strictObject({
        video: z.boolean(),
        voice: z.union([z.boolean(), pcmFormatSchema]),
        motion: z.boolean(),
        drawing: z.boolean(),
        picture: z.enum(PICTURE_ENCODINGS),
        userAudio: z.enum(USER_AUDIO_ENCODINGS),
        captions: z.enum(CAPTION_FORMATS),
      })
      .partial()
      .default({}),
    microphone: audioFormatSchema.optional(),
    videoCodecs: z.array(z.enum(VIDEO_CODECS)).max(VIDEO_CODECS.length).optional(),
    voiceInput: z.enum(['speak', 'listen']).optional(),
  }),
  z.strictObject({
    type: z.literal('audio'),
    data: bytes.refine((data) => data.length <= MAX_AUDIO_BYTES, `must be at most ${MAX_AUDIO_BYTES} bytes`),
    live: z.boolean().optional(),
    utterance,
  }),
  z.strictObject({
    type: z.literal('words'),
    words: z.array(wordSchema).min(1).max(MAX_WORDS_IN_MESSAGE),
    utterance,
  }),
  z.strictObject({ type: z.literal('speech.end'), utterance }),
  z.strictObject({ type: z.literal('interrupt'), utterance }),
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('resume') }),
  z.strictObject({ type: z.literal('control'), controls: controlsSchema }),
  performedFrameSchema.extend({ type: z.literal('motion') }),
  userFaceSchema.extend({ type: z.literal('user.face') }),
  z.strictObject({ type: z.literal('background'), background: backgroundSchema }),
  z.strictObject({
    type: z.literal('draw'),
    by: z.enum(DRAWERS),
    reason: z.enum(DRAW_REASONS).optional(),
  }),
  z.strictObject({ type: z.literal('keyframe') }),
  z.strictObject({ type: z.literal('ping'), id: z.number() }),
]) satisfies z.ZodType<ClientMessage, ClientMessageInput>;
