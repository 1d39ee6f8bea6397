import { afterAll, beforeAll, expect, it } from 'vitest';
import { blinks } from '../../../bench/life-measures.ts';
import { quantile } from '../../../bench/statistics.ts';
import { SpeechTimeline } from '../../../src/audio/speech-timeline.ts';
import { type AvatarState, NEUTRAL_CONTROLS } from '../../../src/contract/controls.ts';
import { CHANNEL } from '../../../src/contract/motion-frame.ts';
import { motionPlan } from '../../../src/engine/process/motion-plan.ts';
import { MotionStream } from '../../../src/engine/process/motion-stream.ts';
import { gazeOf } from '../../../src/face/gaze.ts';
import { controlVector, HeadControl } from '../../../src/model/control-vector.ts';
import { MotionModel } from '../../../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';

const SECONDS = 12;
/** One person's gaze stands 1.4° (SD) beside another's: the mean of so many is known within 0.25°. */
const PEOPLE = 32;

let model: MotionModel;
beforeAll(async () => {
  const pack = await loadPack(BUILTIN_PACK);
  model = await MotionModel.open(pack, await GraphLoader.choose('cpu', pack.graphFiles.motion));
});
afterAll(() => model.close());

it.each<AvatarState>(['listening', 'idle'])(
  'looks at the viewer in silence, not above, and blinks as people do: %s',
  async (state) => {
    const controls = controlVector(NEUTRAL_CONTROLS, state);
    const people = Array.from({ length: PEOPLE }, (_, seed) => {
      const timeline = new SpeechTimeline(SECONDS + 1);
      timeline.appendSilence(SECONDS * 48000);
      const plan = motionPlan('balanced', model.manifest);
      const stream = new MotionStream(model, timeline, { seed, catchUp: false, plan });
      const head = new HeadControl(model.manifest, plan.block);
      return { stream, head, pitches: [] as number[], frames: [] as Float32Array[] };
    });
    while (people[0].stream.ready) {
      await MotionStream.advanceTogether(people.map(({ stream }) => ({ stream, controls: () => controls })));
      for (const { stream, head, pitches, frames } of people) {
        while (pitches.length < stream.nextFrame) {
          const shown = head.apply(stream.shownAt(pitches.length)!, NEUTRAL_CONTROLS, state, 0.04);
          frames.push(shown);
          pitches.push((180 / Math.PI) * (gazeOf(shown, 'left').pitch - shown[CHANNEL.headPitch]));
        }
      }
    }
    // Most of the time eyes rest on the viewer; each person's stand somewhat higher or lower.
    const heights = people.map(({ pitches }) => quantile(pitches, 0.5));
    const mean = heights.reduce((sum, height) => sum + height, 0) / PEOPLE;

    expect(Math.abs(mean)).toBeLessThan(0.6);
    const blinkCount = people.reduce((sum, { frames }) => sum + blinks(frames).length, 0);
    const perMinute = (60 * blinkCount) / (PEOPLE * SECONDS);
    expect(perMinute).toBeGreaterThan(12);
    expect(perMinute).toBeLessThan(24);
  },
  120_000,
);
