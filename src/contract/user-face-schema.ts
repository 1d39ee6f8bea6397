/** A user's face as strangers send it: finite numbers, in their ranges. */
import { z } from 'zod';
import { seenAngleSchema, seenTimeSchema } from './performed-motion-schema.ts';
import type { UserFace } from './user-face.ts';

export const userFaceSchema = z.strictObject({
  timeMs: seenTimeSchema,
  head: z.strictObject({ yaw: seenAngleSchema, pitch: seenAngleSchema }).optional(),
  smile: z.number().min(0).max(1).optional(),
}) satisfies z.ZodType<UserFace>;
