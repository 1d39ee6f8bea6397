/** `SessionStats` for OpenAPI. */
import { z } from 'zod';
import type { SessionStats } from './stats.ts';

const spread = z.object({ p50: z.number(), p95: z.number() });
export const statsSchema = z.object({
  fps: z.number(),
  framesSent: z.number().int(),
  framesLate: z.number().int(),
  bitrateKbps: z.number(),
  delayMs: spread,
  delayStages: z.record(z.string(), spread),
  stages: z.record(z.string(), spread),
  encoders: z.number().int(),
  queuedMs: z.number(),
  provider: z.string(),
}) satisfies z.ZodType<SessionStats>;
