/** How soon a session answers, at the price of what it sees of the voice that follows. */
export const LATENCY_MODES = ['low', 'balanced', 'quality'] as const;
export type LatencyMode = (typeof LATENCY_MODES)[number];

/**
 * What `ready` says as `delayMs`, at 25 pictures a second with the built-in pack: by how many milliseconds voice and
 * picture together follow the voice that comes in. Other rates wait for one motion frame, 40 ms, more.
 */
export const USUAL_DELAY_MS: Readonly<Record<LatencyMode, number>> = Object.freeze({
  low: 115,
  balanced: 155,
  quality: 315,
});
