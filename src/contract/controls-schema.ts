/** Live controls as a caller writes them: checked, with their ranges. */
import { z } from 'zod';
import { CONTROL_RANGES, type ControlsPatch } from './controls.ts';
import { performerMixSchema } from './performed-motion-schema.ts';

const within = ([least, greatest]: readonly [number, number]) => z.number().min(least).max(greatest);
const unit = within([0, 1]);
const angle = within(CONTROL_RANGES.angleRadians);

export const emotionSchema = z.strictObject({
  happy: unit.optional(),
  sad: unit.optional(),
  angry: unit.optional(),
  surprised: unit.optional(),
  afraid: unit.optional(),
  disgusted: unit.optional(),
  contempt: unit.optional(),
});

export const controlsSchema = z.strictObject({
  gaze: z.union([z.literal('camera'), z.strictObject({ yaw: angle, pitch: angle })]).optional(),
  distance: within(CONTROL_RANGES.distance).optional(),
  head: z
    .strictObject({
      yaw: angle.optional(),
      pitch: angle.optional(),
      roll: angle.optional(),
      amplitude: within(CONTROL_RANGES.headAmplitude).optional(),
    })
    .optional(),
  emotion: z.union([z.literal('voice'), emotionSchema]).optional(),
  expressiveness: within(CONTROL_RANGES.expressiveness).optional(),
  blinkRate: within(CONTROL_RANGES.blinkRate).optional(),
  state: z.enum(['auto', 'speaking', 'listening', 'idle']).optional(),
  bargeIn: z.boolean().optional(),
  performer: performerMixSchema.optional(),
}) satisfies z.ZodType<ControlsPatch>;
