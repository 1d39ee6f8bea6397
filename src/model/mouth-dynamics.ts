/**
 * How far a jaw goes beyond its usual. A model that learnt by the square of its errors is cautious: it opens wide mouths
 * too little, and knows a loud voice only as any other. Chosen on the takes of an actress that the model was trained on
 * (01–04): 95th percentile over median and maximum over 95th percentile become hers within a tenth in the mean, and her
 * jaw is followed as well as before.
 */
import { CHANNEL } from '../contract/motion-frame.ts';

/** Jaws that open further than this open further still, by this power. */
const [WIDE_FROM, WIDE_POWER] = [0.18, 0.25];
/** Per decibel of effort; and no less and no more than this. */
const [PER_DECIBEL, LEAST, MOST] = [0.02, 0.7, 1.8];

/**
 * `frame` as a voice of this effort opens it (see `VocalEffort`, decibels). Lips that meet in spite of the jaw go on to
 * meet: what closes them goes along with it. Returns a copy.
 */
export function dynamicMouth(frame: Float32Array, effort: number): Float32Array {
  const result = frame.slice();
  const jaw = frame[CHANNEL.jawOpen];
  const wide = Math.max(1, jaw / WIDE_FROM) ** WIDE_POWER;
  const gain = wide * Math.min(MOST, Math.max(LEAST, 1 + PER_DECIBEL * effort));
  result[CHANNEL.jawOpen] = Math.min(1, jaw * gain);
  result[CHANNEL.mouthClose] = Math.min(1, frame[CHANNEL.mouthClose] * gain);
  return result;
}
