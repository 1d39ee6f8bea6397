/** What is measured side by side: each makes motion frames of a voice. */
import { resampleAll } from '../src/audio/resampler.ts';
import { type Controls, NEUTRAL_CONTROLS } from '../src/contract/controls.ts';
import type { MotionModel } from '../src/model/motion-model.ts';
import { SAMPLES_PER_FRAME } from '../src/model/pack.ts';
import { poseFrame } from '../src/render/warp/sheet/poses.ts';
import { liveMotion } from './live-motion.ts';
import { animateMouth } from './peers/mouth-shapes.ts';
import { recognisePhones } from './peers/phone-recogniser.ts';

export interface Talker {
  name: string;
  /** `voice`: mono at 48 kHz. Returns `Float32Array[58]` at 25 per second. */
  speak(voice: Float32Array, controls?: Controls): Promise<Float32Array[]>;
}

/** Ours, as a live session streams it. */
export function vultus(model: MotionModel): Talker {
  return {
    name: 'Vultus',
    speak: async (voice, controls = NEUTRAL_CONTROLS) =>
      (await liveMotion(model, voice, { controls })).frames,
  };
}

/** A jaw that opens with the square root of the short-time energy (its scale cancels in all measures but A.4). */
export const loudnessJaw: Talker = {
  name: 'loudness jaw',
  speak: async (voice) => {
    const heard = resampleAll(voice, 48000, 16000);
    const frames = Math.floor(heard.length / SAMPLES_PER_FRAME);
    return Array.from({ length: frames }, (_, i) => {
      const piece = heard.subarray(i * SAMPLES_PER_FRAME, (i + 1) * SAMPLES_PER_FRAME);
      const power = piece.reduce((sum, value) => sum + value * value, 0) / piece.length;
      return poseFrame({ jawOpen: Math.min(1, Math.sqrt(Math.sqrt(power))) });
    });
  },
};

/** Phones that pocketsphinx recognises in the whole recording, drawn as mouth shapes: it sees the future. */
export const recognisedPhones: Talker = {
  name: 'recognised phones (offline, Rhubarb-style)',
  speak: async (voice) => {
    const heard = resampleAll(voice, 48000, 16000);
    return animateMouth(await recognisePhones(heard), Math.floor(heard.length / SAMPLES_PER_FRAME));
  },
};
