/** Formats of what goes in and comes out: encodings of voice, codecs of pictures. */
import { z } from 'zod';

export const VIDEO_CODECS = ['h264', 'vp8', 'vp9', 'av1'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** Of voice that comes in, mono. */
export const audioFormatSchema = z.discriminatedUnion('encoding', [
  z.strictObject({ encoding: z.literal('s16le'), sampleRateHz: z.number().int().min(8000).max(48000) }),
  z.strictObject({ encoding: z.literal('opus') }),
]);
export type AudioFormat = z.infer<typeof audioFormatSchema>;

/** How much of the person a picture shows: the whole portrait, head and shoulders, or the head alone. */
export const FITS = ['portrait', 'shoulders', 'head'] as const;
export type Fit = (typeof FITS)[number];

export interface PictureFormat {
  /** Pixels, multiples of 16 (1080 is allowed too), 256 or more, up to 1920×1080 and 1080×1920. */
  width: number;
  height: number;
  fit: Fit;
}
