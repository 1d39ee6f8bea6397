/** Formats as a caller chooses them: checked. */
import { z } from 'zod';
import { type AudioFormat, FITS, type PcmFormat } from './formats.ts';

export const pcmFormatSchema = z.strictObject({
  encoding: z.literal('s16le'),
  sampleRateHz: z.number().int().min(8000).max(48000),
}) satisfies z.ZodType<PcmFormat>;

/** Of voice that comes in, mono. */
export const audioFormatSchema = z.discriminatedUnion('encoding', [
  pcmFormatSchema,
  z.strictObject({ encoding: z.literal(['pcmu', 'pcma']), sampleRateHz: z.literal(8000) }),
  z.strictObject({ encoding: z.literal('opus') }),
]) satisfies z.ZodType<AudioFormat>;

/** Of a side in pixels. Encoders work in blocks of 16; 1080 is no multiple of it, but what screens have. */
const [SMALLEST_SIDE, LARGEST_SQUARE, LARGEST_SIDE] = [256, 1080, 1920];
/** In narrower pictures than this nothing but the middle of a face has room. */
const LONGEST_SHAPE = 2.5;

const side = (largest: number) =>
  z
    .number()
    .int()
    .min(SMALLEST_SIDE)
    .max(largest)
    .refine((pixels) => pixels % 16 === 0 || pixels === LARGEST_SQUARE, 'must be a multiple of 16, or 1080');

/** How a caller chooses a picture's format; what is absent has a default. `formatProblem` says whether it fits together. */
export const formatFields = {
  width: side(LARGEST_SIDE)
    .optional()
    .describe(
      'Of the picture in pixels (default 512): a multiple of 16, or 1080; up to 1920×1080 or 1080×1920',
    ),
  height: side(LARGEST_SIDE).optional().describe('As width; both or none are given'),
  size: side(LARGEST_SQUARE).optional().describe('Width and height of a square picture, instead of these'),
  fit: z
    .enum(FITS)
    .optional()
    .describe(
      'How much of the person the picture shows: portrait (default; the whole height of the portrait, which in a square is all of it), shoulders, or head. What lies beyond the portrait is filled in',
    ),
};
export type FormatChoice = z.infer<z.ZodObject<typeof formatFields>>;

/** Whether pictures of these sides are made. */
export function isPictureSize(width: number, height: number): boolean {
  const isSide = (pixels: number) => side(LARGEST_SIDE).safeParse(pixels).success;
  return isSide(width) && isSide(height) && shapeProblem(width, height) === undefined;
}

function shapeProblem(width: number, height: number): string | undefined {
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  if (shorter > LARGEST_SQUARE) return `the shorter side is at most ${LARGEST_SQUARE}`;
  if (longer > LONGEST_SHAPE * shorter)
    return `the longer side is at most ${LONGEST_SHAPE} times the shorter one`;
  return undefined;
}

/** What does not fit together in a choice of which each field for itself is right. */
export function formatProblem({ width, height, size }: FormatChoice): string | undefined {
  if (size !== undefined && (width ?? height) !== undefined)
    return 'give size, or width and height, not both';
  if (width !== undefined && height !== undefined) return shapeProblem(width, height);
  return width === height ? undefined : 'width and height go together';
}
