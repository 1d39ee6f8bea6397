import { CHANNEL } from '../src/contract/motion-frame.ts';
import type { Rig } from '../src/render/renderer.ts';
import { effortRows } from './effort.ts';
import { galleryRig } from './fixtures.ts';
import { hardSpeech } from './held-out-hard.ts';
import { type Clip, hasHeldOutSpeech, heldOutSpeech, humanTake } from './held-out-speech.ts';
import {
  dynamics,
  earlier,
  inShort,
  type MouthCurves,
  mouthCurves,
  type PhoneBars,
  PhoneScore,
  phoneRows,
} from './lip-measures.ts';
import { openMotionModel } from './live-motion.ts';
import { notSpeech } from './not-speech.ts';
import { onPicture } from './on-picture.ts';
import type { Phone } from './phones.ts';
import { atLeast, atMost, type Report, type Row, within } from './report.ts';
import { bestCorrelation, mean } from './statistics.ts';
import { type Talker, vultus } from './talkers.ts';

const EASY: PhoneBars = { closed: 92, vowels: 4, teeth: 90, aperture: 0.94, rounding: 0.94 };
const HARD: PhoneBars = { closed: 88, vowels: 5, teeth: 90, aperture: 0.93, rounding: 0.92 };
/** How far the jaw's dynamics may be from the actress's, as a share of hers. */
const DYNAMICS_SHARE = 0.15;
/** Of a talker that is not in step, from what is early to what is late. */
const LAGS = [-2, -1, 0, 1, 2, 3, 4, 5, 6, 7];

/** What a talker's mouth did in a clip, and what was said in it. */
interface Spoken {
  curves: MouthCurves;
  phones: Phone[];
  condition?: string;
}

/** QUALITY A.1 to A.4 on the stream that serves live sessions; A.5 is `voices`. */
export async function benchLipSync(): Promise<Report> {
  const model = await openMotionModel();
  try {
    const talk = await measureTalk(vultus(model), await galleryRig());
    const efforts = hasHeldOutSpeech() ? await effortRows(vultus(model), await galleryRig()) : [];
    const pictures = await onPicture(model);
    return {
      name: 'A. Lip sync on voices that training never heard',
      rows: [...talk.rows, ...efforts, ...pictures.rows],
      skipped: [...talk.skipped, ...pictures.skipped],
    };
  } finally {
    await model.close();
  }
}

/**
 * The rows of A.1, A.2 and A.4 for whatever makes motion of a voice.
 * @param anyLag takes every talker at the lag that is best for it on the easy voices, and says how it would do at the
 *   threshold of closure that is best for it
 */
export async function measureTalk(
  talker: Talker,
  rig: Rig,
  { anyLag = false } = {},
): Promise<{ rows: Row[]; skipped: string[] }> {
  if (!hasHeldOutSpeech()) {
    return { rows: [], skipped: ['A.1, A.2, A.4: the recordings of ../shared/data are not there'] };
  }
  const rows = await againstHuman(talker);
  const easy = await speakAll(talker, rig, heldOutSpeech());
  const hard = await speakAll(talker, rig, hardSpeech());
  const lag = anyLag ? bestLag(easy) : 0;
  if (anyLag) rows.push({ measure: 'A.2 comes late by', value: lag, unit: 'frames' });
  for (const [label, spoken, bars] of [
    ['A.2 easy:', easy, EASY],
    ['A.2 hard:', hard, HARD],
  ] as const) {
    const score = scoreOf(spoken, lag);
    rows.push(...phoneRows(label, score, bars));
    if (anyLag) rows.push({ measure: `${label} at its best threshold`, value: atBestThreshold(score) });
  }
  for (const condition of new Set(hard.map((clip) => clip.condition))) {
    const score = scoreOf(
      hard.filter((clip) => clip.condition === condition),
      lag,
    );
    rows.push({ measure: `A.2 hard, ${condition}`, value: inShort(score) });
  }
  const quiet = await notSpeech(talker, rig, mean(easy.map(({ curves }) => mean(curves.aperture))));
  return { rows: [...rows, ...quiet.rows], skipped: quiet.skipped };
}

async function againstHuman(talker: Talker): Promise<Row[]> {
  const take = await humanTake();
  if (!take) return [];
  const jaw = Float64Array.from(await talker.speak(take.voice48k), (frame) => frame[CHANNEL.jawOpen]);
  const { r, lag } = bestCorrelation(jaw, take.jaw, 3);
  const speaking = (curve: Float64Array) => curve.filter((_, frame) => take.isSpeaking(frame));
  const [ours, hers] = [dynamics(speaking(jaw)), dynamics(speaking(take.jaw))];
  const asHers = (measure: string, value: number, bar: number) =>
    within(
      `A.1 jaw while she speaks, ${measure} (hers: ${bar.toFixed(2)})`,
      value,
      Number((bar * (1 - DYNAMICS_SHARE)).toFixed(2)),
      Number((bar * (1 + DYNAMICS_SHARE)).toFixed(2)),
    );
  return [
    atLeast('A.1 jaw against the actress, r', r, 0.84),
    atMost('A.1 lag', Math.abs(lag), 1, 'frames'),
    asHers('95th percentile over median', ours.highOverMiddle, hers.highOverMiddle),
    asHers('maximum over 95th percentile', ours.mostOverHigh, hers.mostOverHigh),
  ];
}

async function speakAll(
  talker: Talker,
  rig: Rig,
  clips: AsyncIterable<Clip & { condition?: string }>,
): Promise<Spoken[]> {
  const spoken: Spoken[] = [];
  for await (const { voice48k, phones, condition } of clips) {
    spoken.push({ curves: mouthCurves(rig, await talker.speak(voice48k)), phones, condition });
  }
  return spoken;
}

function scoreOf(spoken: readonly Spoken[], lag: number): PhoneScore {
  const score = new PhoneScore();
  for (const { curves, phones } of spoken) score.add(earlier(curves, lag), phones);
  return score;
}

/** Where most more of P B M than of the vowels are closed, at the threshold that is best there. */
function bestLag(spoken: readonly Spoken[]): number {
  const gain = (lag: number) => {
    const score = scoreOf(spoken, lag);
    const { closedPercent, vowelClosedPercent } = score.closures(score.bestClosedShare());
    return closedPercent - vowelClosedPercent;
  };
  const gains = LAGS.map(gain);
  return LAGS[gains.indexOf(Math.max(...gains))];
}

function atBestThreshold(score: PhoneScore): string {
  const share = score.bestClosedShare();
  const { closedPercent, vowelClosedPercent } = score.closures(share);
  return `P B M ${closedPercent.toFixed(1)} %, vowels ${vowelClosedPercent.toFixed(1)} % (closed below ${(100 * share).toFixed(0)} %)`;
}
