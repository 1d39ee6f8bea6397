/** QUALITY B: what of a voice's excitement its face shows, on readers that training never heard. */
import { Arousal } from '../src/audio/voice-activity/arousal.ts';
import { type Controls, NEUTRAL_CONTROLS } from '../src/contract/controls.ts';
import { MOTION_RATE_HZ } from '../src/contract/motion-frame.ts';
import type { MotionModel } from '../src/model/motion-model.ts';
import type { Clip } from './held-out-speech.ts';
import { curve } from './life-measures.ts';
import { liveMotion } from './live-motion.ts';
import { atLeast, atMost, type Row } from './report.ts';
import { mean, pearson, quantile } from './statistics.ts';

const RATE_HZ = 16000;
const FRAME_SAMPLES = RATE_HZ / MOTION_RATE_HZ;
/** The face follows its voice within half a second. */
const LATEST_FRAMES = MOTION_RATE_HZ / 2;

/** Brows and upper lids in the most excited tenth of the frames against those in the flattest. */
export async function voiceExpressionRows(model: MotionModel, clips: readonly Clip[]): Promise<Row[]> {
  const heard = await expressions(model, clips, 'voice');
  const set = await expressions(model, clips, { sad: 1 });
  const likeness = Array.from({ length: LATEST_FRAMES + 1 }, (_, lag) => {
    const [arousal, shown] = [heard.arousal.slice(0, heard.arousal.length - lag), heard.shown.slice(lag)];
    return pearson(Float64Array.from(arousal), Float64Array.from(shown));
  });
  const best = likeness.indexOf(Math.max(...likeness));
  return [
    atLeast('B expression from the voice: brows and lids, excited over flat', raise(heard, best), 0.1),
    { measure: 'B expression from the voice: likeness to its arousal, r', value: likeness[best] },
    atMost('B expression from the voice: follows it by', (1000 * best) / MOTION_RATE_HZ, 500, 'ms'),
    atMost('B with an emotion set: the same difference', Math.abs(raise(set, best)), 0.05),
  ];
}

function raise({ arousal, shown }: { arousal: number[]; shown: number[] }, lag: number): number {
  const [low, high] = [quantile(arousal, 0.1), quantile(arousal, 0.9)];
  const of = (isOne: (value: number) => boolean) =>
    mean(shown.slice(lag).filter((_, i) => isOne(arousal[i])));
  return of((value) => value >= high) - of((value) => value <= low);
}

async function expressions(model: MotionModel, clips: readonly Clip[], emotion: Controls['emotion']) {
  const result: { arousal: number[]; shown: number[] } = { arousal: [], shown: [] };
  for (const { voice48k, voice16k } of clips) {
    const { frames } = await liveMotion(model, voice48k, { controls: { ...NEUTRAL_CONTROLS, emotion } });
    const arousal = new Arousal();
    const [brows, lids] = [curve(frames, 'browInnerUp'), curve(frames, 'eyeWideLeft')];
    for (let frame = 0; frame < frames.length; frame++) {
      arousal.hear(voice16k.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES));
      result.arousal.push(arousal.value);
      result.shown.push(brows[frame] + lids[frame]);
    }
  }
  return result;
}
