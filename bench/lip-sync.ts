import { CHANNEL } from '../src/contract/motion-frame.ts';
import type { Rig } from '../src/render/renderer.ts';
import { galleryRig } from './fixtures.ts';
import { hasHeldOutSpeech, heldOutSpeech, humanTake } from './held-out-speech.ts';
import { mouthCurves, PhoneScore, phoneRows } from './lip-measures.ts';
import { openMotionModel } from './live-motion.ts';
import { notSpeech } from './not-speech.ts';
import { onPicture } from './on-picture.ts';
import { atLeast, atMost, type Report, type Row } from './report.ts';
import { bestCorrelation, mean } from './statistics.ts';
import { type Talker, vultus } from './talkers.ts';

/** QUALITY A.1 to A.4 on the stream that serves live sessions; A.5 is `voices`. */
export async function benchLipSync(): Promise<Report> {
  const model = await openMotionModel();
  try {
    const talk = await measureTalk(vultus(model), await galleryRig());
    const pictures = await onPicture(model);
    return {
      name: 'A. Lip sync on voices that training never heard',
      rows: [...talk.rows, ...pictures.rows],
      skipped: [...talk.skipped, ...pictures.skipped],
    };
  } finally {
    await model.close();
  }
}

/** The rows of A.1, A.2 and A.4 for whatever makes motion of a voice. */
export async function measureTalk(talker: Talker, rig: Rig): Promise<{ rows: Row[]; skipped: string[] }> {
  if (!hasHeldOutSpeech()) {
    return { rows: [], skipped: ['A.1, A.2, A.4: the recordings of ../shared/data are not there'] };
  }
  const human = await againstHuman(talker);
  const speech = await againstPhones(talker, rig);
  const quiet = await notSpeech(talker, rig, speech.meanAperture);
  return { rows: [...human, ...speech.rows, ...quiet.rows], skipped: quiet.skipped };
}

async function againstHuman(talker: Talker): Promise<Row[]> {
  const take = await humanTake();
  if (!take) return [];
  const jaw = (await talker.speak(take.voice48k)).map((frame) => frame[CHANNEL.jawOpen]);
  const { r, lag } = bestCorrelation(jaw, take.jaw, 3);
  return [atLeast('A.1 jaw against the actress, r', r, 0.88), atMost('A.1 lag', Math.abs(lag), 1, 'frames')];
}

async function againstPhones(talker: Talker, rig: Rig) {
  const score = new PhoneScore();
  const means: number[] = [];
  for await (const { voice48k, phones } of heldOutSpeech()) {
    const curves = mouthCurves(rig, await talker.speak(voice48k));
    score.add(curves, phones);
    means.push(mean(curves.aperture));
  }
  return { meanAperture: mean(means), rows: phoneRows('A.2', score) };
}
