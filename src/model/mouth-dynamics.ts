/**
 * How far a mouth goes beyond its usual. A model that learnt by the square of its errors is cautious: it opens wide mouths
 * too little, rounds and spreads lips too little, and knows a loud voice only as any other. Chosen on the takes of an actress that the model was trained on
 * (01–04): 95th percentile over median and maximum over 95th percentile become hers within a tenth, and her jaw is
 * followed as well as before; of lips, on the easy voices of bench lip-sync.
 */
import { CHANNEL } from '../contract/motion-frame.ts';

/** Jaws that open further than these open further still, by these powers. */
const WIDER = [
  { from: 0.2, power: 0.2 },
  { from: 0.3, power: 0.4 },
] as const;
/** Rounded and spread lips. */
const [PURSED, SPREAD] = [1.5, 1.3];
const STRETCH = [CHANNEL.mouthStretchLeft, CHANNEL.mouthStretchRight];
/** Per decibel of effort; and no less and no more than this. */
const [PER_DECIBEL, LEAST, MOST] = [0.02, 0.7, 1.8];

/**
 * `frame` as a voice of this effort opens it (see `VocalEffort`, decibels). Lips that meet in spite of the jaw go on to
 * meet: what closes them goes along with it. Returns a copy.
 */
export function dynamicMouth(frame: Float32Array, effort: number): Float32Array {
  const result = frame.slice();
  const jaw = frame[CHANNEL.jawOpen];
  const wide = WIDER.reduce((gain, { from, power }) => gain * Math.max(1, jaw / from) ** power, 1);
  const gain = wide * Math.min(MOST, Math.max(LEAST, 1 + PER_DECIBEL * effort));
  result[CHANNEL.jawOpen] = Math.min(1, jaw * gain);
  result[CHANNEL.mouthClose] = Math.min(1, frame[CHANNEL.mouthClose] * gain);
  result[CHANNEL.mouthPucker] = Math.min(1, frame[CHANNEL.mouthPucker] * PURSED);
  for (const side of STRETCH) result[side] = Math.min(1, frame[side] * SPREAD);
  return result;
}
