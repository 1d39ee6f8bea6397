/**
 * The larynx under the skin of the throat: it hangs on the tongue and the jaw, and goes down with both in open and
 * rounded vowels, up in spread ones.
 */
import { CHANNEL } from '../../../contract/motion-frame.ts';
import { clamp } from '../../../image/planes.ts';

/** Where it lies below the chin and how far its skin reaches, in face heights. */
const BELOW_CHIN = 0.3;
const REACH = { along: 0.1, across: 0.12 } as const;
/** How far it goes up at most, and down, in face heights: 2 mm of 18 cm. */
const TRAVEL = 0.012;
const { jawOpen, mouthPucker, mouthFunnel } = CHANNEL;
const SPREADING = [
  CHANNEL.mouthStretchLeft,
  CHANNEL.mouthStretchRight,
  CHANNEL.mouthSmileLeft,
  CHANNEL.mouthSmileRight,
];

/** How far it is up for a motion frame, −1..1; 0 at rest. */
export function larynxRise(frame: Float32Array): number {
  let spread = 0;
  for (const channel of SPREADING) spread += frame[channel] / 2;
  const rounded = Math.max(frame[mouthPucker], frame[mouthFunnel]);
  return clamp(0.8 * spread - 1.2 * frame[jawOpen] - 0.7 * rounded, -1, 1);
}

/** How far a place goes along, in face heights; it is given from the chin in these, upwards and aside. */
export function larynxShare(height: number, aside: number): number {
  const along = (height + BELOW_CHIN) / REACH.along;
  const across = aside / REACH.across;
  return TRAVEL * Math.exp(-0.5 * (along * along + across * across));
}
