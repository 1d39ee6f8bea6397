/** What a session says of its own work, once a second. */
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

/** Milliseconds. */
interface Spread {
  p50: number;
  p95: number;
}
export interface SessionStats {
  /** Pictures sent per second, over the last two seconds; one that goes out in several formats counts once. */
  fps: number;
  framesSent: number;
  /** Pictures dropped because they would have come late. */
  framesLate: number;
  bitrateKbps: number;
  /** Voice arrival → encoded picture. */
  delayMs: Spread;
  /** What that delay is made of, by `DELAY_STAGES`. */
  delayStages: Record<string, Spread>;
  /** Work per picture, by stage. */
  stages: Record<string, Spread>;
  /** Encoders that work: one for each distinct video that is taken. */
  encoders: number;
  /** Voice that waits to be spoken, milliseconds. */
  queuedMs: number;
  provider: string;
}
