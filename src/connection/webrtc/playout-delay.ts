/**
 * The playout-delay header extension of WebRTC: how long the receiver holds pictures back. A browser buffers
 * the voice for some 50 ms and, for lip sync, delays the picture to match, but only in small steps: measured,
 * the picture leads by 100 ms and more for the first ten seconds. Told beforehand, it is in step at once; the
 * delay is the one that it would arrive at anyway.
 */
import type { Extension, RTCRtpHeaderExtensionParameters } from 'werift';

export const PLAYOUT_DELAY_URI = 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay';

const MIN_MS = 60;
const MAX_MS = 1000;
const UNIT_MS = 10;

/** The header extension to put on video packets, if the peers agreed on it. */
export function playoutDelay(agreed: readonly RTCRtpHeaderExtensionParameters[]): Extension | undefined {
  const id = agreed.find(({ uri }) => uri === PLAYOUT_DELAY_URI)?.id;
  if (id === undefined) return undefined;
  // 12 bits each for minimum and maximum.
  const bits = ((MIN_MS / UNIT_MS) << 12) | (MAX_MS / UNIT_MS);
  return { id, payload: Buffer.from([bits >> 16, (bits >> 8) & 0xff, bits & 0xff]) };
}
