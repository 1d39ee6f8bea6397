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

const SECONDS = 26;
/** A session begins livelier than it goes on. */
const SETTLED_S = 6;
/** Farther from the viewer it looks at something else; lids closed by so much are a blink. */
const AWAY_DEGREES = 5;
const SHUT = 0.15;
const FRAMES_OF_A_LOOK = 25;
const DEGREES = 180 / Math.PI;
/** One person's gaze stands 1.4° (SD) beside another's: the mean of so many is known within 0.3°. */
const PEOPLE = 20;

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
      return { stream, head, heights: [] as number[], frames: [] as Float32Array[] };
    });
    while (people[0].stream.ready) {
      await MotionStream.advanceTogether(people.map(({ stream }) => ({ stream, controls: () => controls })));
      for (const { stream, head, heights, frames } of people) {
        while (frames.length < stream.nextFrame) {
          const shown = head.apply(stream.shownAt(frames.length)!, NEUTRAL_CONTROLS, state, 0.04);
          frames.push(shown);
          const { yaw, pitch } = gazeOf(shown, 'left');
          const above = DEGREES * (pitch - shown[CHANNEL.headPitch]);
          // While it looks at something else, or shuts its eyes, it does not look at the viewer.
          const away = Math.hypot(above, DEGREES * (yaw + shown[CHANNEL.headYaw])) > AWAY_DEGREES;
          if (!away && shown[CHANNEL.eyeBlinkLeft] < SHUT) heights.push(above);
        }
      }
    }
    // Each person's eyes stand somewhat higher or lower; some glance about for long.
    const looking = people.filter(({ heights }) => heights.length > FRAMES_OF_A_LOOK);
    const mean = looking.reduce((sum, { heights }) => sum + quantile(heights, 0.5), 0) / looking.length;
    expect(looking.length).toBeGreaterThan(PEOPLE / 2);
    expect(Math.abs(mean)).toBeLessThan(0.5);
    const blinkCount = people.reduce(
      (sum, { frames }) => sum + blinks(frames.slice(25 * SETTLED_S)).length,
      0,
    );
    const perMinute = (60 * blinkCount) / (PEOPLE * (SECONDS - SETTLED_S));
    expect(perMinute).toBeGreaterThan(12);
    expect(perMinute).toBeLessThan(24);
  },
  120_000,
);
