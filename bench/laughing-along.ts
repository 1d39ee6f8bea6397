/** QUALITY B, listening: whether a face smiles along with a user who laughs. */
import { resampleAll } from '../src/audio/resampler.ts';
import { NEUTRAL_CONTROLS } from '../src/contract/controls.ts';
import type { MotionModel } from '../src/model/motion-model.ts';
import { curve } from './life-measures.ts';
import { listen, noiseOf, RATE_HZ } from './listening.ts';
import type { LiveMotion } from './live-motion.ts';
import { atLeast, atMost, type Row } from './report.ts';
import { laughter } from './sounds.ts';
import { mean, quantile } from './statistics.ts';

/** Men and women. */
const PITCHES_HZ = [150, 190, 240, 290, 340];
const EVERY_S = 7;
/** A laugh of so many seconds is known for one in its fourth burst. */
const KNOWN_S = 0.9;
/** Where a face that laughs along smiles, after the beginning of the laugh. */
const SMILE_S = 1.6;

export async function laughingRows(model: MotionModel): Promise<Row[]> {
  const sound = noiseOf(EVERY_S * (PITCHES_HZ.length + 1));
  const laughs = PITCHES_HZ.map((hz, i) => {
    const atS = EVERY_S * (i + 0.5);
    resampleAll(laughter(hz, i), 48000, RATE_HZ).forEach((value, k) => {
      sound[Math.round(atS * RATE_HZ) + k] += value;
    });
    return atS;
  });
  const smileOf = smiles(await listen(model, sound, 1), laughs);
  const sad = smiles(await listen(model, sound, 1, { ...NEUTRAL_CONTROLS, emotion: { sad: 0.6 } }), laughs);
  return [
    atLeast('B listening: smile with laughter, median of five', quantile(smileOf, 0.5), 0.3),
    atMost('B listening: the same with sadness set', mean(sad), 0.1),
  ];
}

/** How much more a face smiles after laughs have begun than before. */
function smiles({ frames, shownMs }: LiveMotion, laughs: readonly number[]): number[] {
  const smile = curve(frames, 'mouthSmileLeft');
  const most = (fromS: number, toS: number) =>
    Math.max(...smile.filter((_, i) => shownMs[i] >= 1000 * fromS && shownMs[i] < 1000 * toS));
  return laughs.map((atS) => most(atS + KNOWN_S, atS + SMILE_S) - most(atS - 1, atS));
}
