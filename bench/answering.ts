/** QUALITY B, listening: whether a face answers a user who laughs, and one whom a camera sees nod and smile. */
import { resampleAll } from '../src/audio/resampler.ts';
import { NEUTRAL_CONTROLS } from '../src/contract/controls.ts';
import type { LiveSession } from '../src/engine/process/live-session.ts';
import type { MotionModel } from '../src/model/motion-model.ts';
import { curve, nods } from './life-measures.ts';
import { listen, noiseOf, RATE_HZ } from './listening.ts';
import { type LiveMotion, liveMotion } from './live-motion.ts';
import { atLeast, atMost, type Row, within } from './report.ts';
import { laughter } from './sounds.ts';
import { mean, quantile } from './statistics.ts';

/** Men and women. */
const PITCHES_HZ = [150, 190, 240, 290, 340];
const EVERY_S = 7;
/** A laugh of so many seconds is known for one in its fourth burst. */
const KNOWN_S = 0.9;
/** Where a face that laughs along smiles, after the beginning of the laugh. */
const SMILE_S = 1.6;

/** What a camera sees of a user who nods once in so many seconds, by 8° in half a second, and smiles in every other of them. */
const [SEEN_EVERY_S, SEEN_TIMES, SEEN_RATE_HZ, NOD_RADIANS, NOD_S] = [5, 8, 25, 0.14, 0.5];
/** Of a nod, its lowest point; a nod that answers begins no later after it. */
const [LOWEST_S, ANSWERED_S] = [NOD_S / 2, 1.2];
/** After a nod, the user smiles from here to there. */
const [SMILES_FROM_S, SMILES_TO_S] = [2, 3.5];

export async function seenRows(model: MotionModel): Promise<Row[]> {
  const direct = (session: LiveSession, timeMs: number) => {
    if (timeMs % (1000 / SEEN_RATE_HZ) !== 0) return;
    const atS = (timeMs / 1000) % SEEN_EVERY_S;
    const pitch = atS < NOD_S ? NOD_RADIANS * Math.sin((Math.PI * atS) / NOD_S) ** 2 : 0;
    const smile = atS > SMILES_FROM_S && atS < SMILES_TO_S ? 0.8 : 0;
    session.noticeUser({ seen: { timeMs, head: { yaw: 0, pitch }, smile } });
  };
  const silence = new Float32Array(48000 * SEEN_EVERY_S * SEEN_TIMES);
  const { frames, shownMs } = await liveMotion(model, silence, { direct });
  const begun = nods(frames).map((frame) => shownMs[frame] / 1000);
  const delays = Array.from({ length: SEEN_TIMES - 1 }, (_, i) => {
    const lowest = SEEN_EVERY_S * (i + 1) + LOWEST_S;
    return begun
      .filter((time) => time > lowest && time < lowest + ANSWERED_S)
      .map((time) => time - lowest)[0];
  }).filter((delay) => delay !== undefined);
  const smile = curve(frames, 'mouthSmileLeft');
  const at = (fromS: number) =>
    mean(
      smile.filter(
        (_, i) =>
          (shownMs[i] / 1000) % SEEN_EVERY_S >= fromS && (shownMs[i] / 1000) % SEEN_EVERY_S < fromS + 0.2,
      ),
    );
  return [
    within(
      'B listening: nods back at nods that are seen, of them',
      (100 * delays.length) / (SEEN_TIMES - 1),
      50,
      100,
      '%',
    ),
    within(
      'B listening: from the lowest point of a nod to the answer, median',
      1000 * quantile(delays, 0.5),
      300,
      800,
      'ms',
    ),
    atLeast(
      'B listening: smile a second after a smile is seen',
      at(SMILES_FROM_S + 1) - at(SMILES_FROM_S - 0.2),
      0.2,
    ),
  ];
}

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
