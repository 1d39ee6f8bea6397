import type { NetworkConditions } from './network-estimate.ts';

const MIN_KBPS = 150;
/** Standing queue of a link that is too slow, milliseconds. */
const OVERUSE_MS = 100;
const CALM_MS = 40;
const HIGH_LOSS = 0.1;
const LOW_LOSS = 0.02;
const GROWTH = 1.08;

/**
 * The next bitrate, to be asked once a second: down to what arrives when packets queue up, down with high loss
 * (draft-ietf-rmcat-gcc-02 §6), slowly up while all is calm, never above what the session was made for.
 */
export function nextBitrate(currentKbps: number, maxKbps: number, conditions: NetworkConditions): number {
  const { receivedKbps, lossFraction, queueDelayMs } = conditions;
  let next = currentKbps;
  if (queueDelayMs > OVERUSE_MS && receivedKbps !== undefined) {
    // Quiet pictures use less than they may: what arrives then says little, so never fall by more than half.
    next = Math.max(currentKbps * 0.5, Math.min(currentKbps * 0.95, receivedKbps * 0.85));
  } else if (lossFraction > HIGH_LOSS) {
    next = currentKbps * (1 - 0.5 * lossFraction);
  } else if (lossFraction < LOW_LOSS && queueDelayMs < CALM_MS) {
    next = currentKbps * GROWTH;
  }
  return Math.round(Math.min(maxKbps, Math.max(Math.min(MIN_KBPS, maxKbps), next)));
}
