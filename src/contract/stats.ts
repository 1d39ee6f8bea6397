/** What a session says of its own work, once a second. */
import { z } from 'zod';

/**
 * Where the delay of a picture comes from, in the order in which it passes:
 * `intake` live voice waits for the clock to take it; `context` the picture's own voice is there, but not what
 * follows it and is needed too (rest of the block, lookahead); `motion` waiting for the engine and the motion
 * model; `hold` waiting for the even pace at which pictures leave; `render`; `encode`; `send` from the engine
 * to the session's connections.
 */
export const DELAY_STAGES = ['intake', 'context', 'motion', 'hold', 'render', 'encode', 'send'] as const;
export type DelayStage = (typeof DELAY_STAGES)[number];
/** Milliseconds. */
export type PictureDelays = Record<DelayStage, number>;

const stageTimes = z.object({ p50: z.number(), p95: z.number() });
export const statsSchema = z.object({
  /** Pictures sent per second, over the last two seconds; one that goes out in several formats counts once. */
  fps: z.number(),
  framesSent: z.number().int(),
  /** Pictures dropped because they would have come late. */
  framesLate: z.number().int(),
  bitrateKbps: z.number(),
  /** Voice arrival → encoded picture, milliseconds. */
  delayMs: stageTimes,
  /** What that delay is made of, by `DELAY_STAGES`. */
  delayStages: z.record(z.string(), stageTimes),
  /** Milliseconds of work per picture, by stage. */
  stages: z.record(z.string(), stageTimes),
  /** Encoders that work: one for each distinct video that is taken. */
  encoders: z.number().int().default(0),
  /** Voice that waits to be spoken, milliseconds. */
  queuedMs: z.number(),
  provider: z.string(),
});
export type SessionStats = z.infer<typeof statsSchema>;
