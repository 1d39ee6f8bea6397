/** Formats as a caller chooses them: checked. */
import { z } from 'zod';
import { type AudioFormat, FITS, type PcmFormat } from './formats.ts';
import { isWholeBlocks, LARGEST_SIDE, LARGEST_SQUARE, SMALLEST_SIDE, shapeProblem } from './picture-size.ts';

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

/** Of a picture in pixels. */
const side = (largest: number) =>
  z.number().int().min(SMALLEST_SIDE).max(largest).refine(isWholeBlocks, 'must be a multiple of 16, or 1080');

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

/** What does not fit together in a choice of which each field for itself is right. */
export function formatProblem({ width, height, size }: FormatChoice): string | undefined {
  if (size !== undefined && (width ?? height) !== undefined)
    return 'give size, or width and height, not both';
  if (width !== undefined && height !== undefined) return shapeProblem(width, height);
  return width === height ? undefined : 'width and height go together';
}
