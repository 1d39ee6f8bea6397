import { SpeechTimeline, VOICE_SAMPLES_PER_FRAME } from '../../audio/speech-timeline.ts';
import type { Controls } from '../../contract/controls.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import { controlVector, HeadControl } from '../../model/control-vector.ts';
import type { MotionModel } from '../../model/motion-model.ts';
import { motionPlan } from './motion-plan.ts';
import { MotionStream } from './motion-stream.ts';
import { PictureClock } from './picture-clock.ts';

export interface OfflineMotionFrame {
  index: number;
  mediaTimeMs: number;
  /** Steered motion frame of this picture, `Float32Array[58]`. */
  frame: Float32Array;
}

/**
 * The motion of a whole voice, made by the same stream that serves live sessions: in blocks, with the same
 * lookahead, cache and seed, only as fast as the machine can.
 *
 * @param voice mono at 48 kHz
 */
export async function* offlineMotion(
  model: MotionModel,
  voice: Float32Array,
  settings: Pick<SessionSettings, 'fps' | 'seed' | 'latency'>,
  controls: Controls,
): AsyncGenerator<OfflineMotionFrame> {
  const plan = motionPlan(settings.latency, model.manifest);
  const clock = new PictureClock(settings, plan);
  const tailSamples = Math.ceil(plan.block + plan.lookaheadFrames + 2) * VOICE_SAMPLES_PER_FRAME;
  const timeline = new SpeechTimeline((voice.length + tailSamples) / 48000 + 1);
  timeline.append(voice);
  timeline.appendSilence(tailSamples);
  const stream = new MotionStream(model, timeline, { seed: settings.seed, plan, catchUp: false });
  const head = new HeadControl(model.manifest, plan.block);
  const pictures = Math.ceil((voice.length / 48000) * settings.fps);
  const state = controls.state === 'auto' ? 'speaking' : controls.state;
  try {
    for (let index = 0; index < pictures; index++) {
      let motion = stream.shownAt(clock.motionIndex(index));
      while (!motion) {
        await stream.advance(controlVector(controls, state, stream.hear()));
        motion = stream.shownAt(clock.motionIndex(index));
      }
      const frame = head.apply(motion, controls, state, 1 / settings.fps);
      yield { index, mediaTimeMs: clock.mediaTimeMs(index), frame };
    }
  } finally {
    timeline.close();
  }
}
