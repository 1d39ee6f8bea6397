/** A performer's motion as strangers send it: known names, finite numbers, in their ranges. */
import { z } from 'zod';
import { BLENDSHAPES, type Blendshape } from './motion-frame.ts';
import {
  MOTION_SOURCES,
  PERFORMED_RANGES,
  type PerformedFrame,
  type PerformerMix,
} from './performed-motion.ts';

const within = ([least, greatest]: readonly [number, number]) => z.number().min(least).max(greatest);
/** Radians. */
export const seenAngleSchema = within(PERFORMED_RANGES.angleRadians);
const shift = within(PERFORMED_RANGES.shift).optional();
const coefficient = within([0, 1]).optional();

/** Whatever clock counts so far: 30,000 years of milliseconds. */
const MAX_TIME_MS = 1e15;
/** On the clock of whoever saw it. */
export const seenTimeSchema = within([-MAX_TIME_MS, MAX_TIME_MS]);

const shapesSchema = z.strictObject(
  Object.fromEntries(BLENDSHAPES.map((name) => [name, coefficient])) as Record<
    Blendshape,
    typeof coefficient
  >,
);

export const performedFrameSchema = z.strictObject({
  timeMs: seenTimeSchema,
  shapes: shapesSchema.optional(),
  head: z
    .strictObject({
      ...{ yaw: seenAngleSchema, pitch: seenAngleSchema, roll: seenAngleSchema, x: shift, y: shift },
      distance: within(PERFORMED_RANGES.distance).optional(),
    })
    .optional(),
}) satisfies z.ZodType<PerformedFrame>;

const source = z.enum(MOTION_SOURCES).optional();

/** A change of who moves what; what is absent stays as it is. */
export const performerMixSchema = z.strictObject({
  ...{ head: source, eyes: source, brows: source, mouth: source },
}) satisfies z.ZodType<Partial<PerformerMix>>;
