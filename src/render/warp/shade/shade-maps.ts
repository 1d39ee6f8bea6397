/** How the shade of a face changes with its motion coefficients: a map for each, or for a left and a right one. */
import type { MotionChannel } from '../../../contract/motion-frame.ts';

/** Logarithm of the luma's factor to a step of the maps. */
export const SHADE_STEP = 1 / 400;

export interface ShadeMaps {
  /** At a whole coefficient, in steps of `SHADE_STEP`: `Int8Array [groups·rows·columns]` */
  maps: Int8Array;
  /** Where each point of the skin lies in them: `Float32Array [468·2]`, see canonical-frame.ts. */
  places: Float32Array;
}

export interface ShadeGroup {
  /** The same channel where there are no sides. */
  left: MotionChannel;
  right: MotionChannel;
}

const both = (channel: MotionChannel): ShadeGroup => ({ left: channel, right: channel });
const sides = (name: string): ShadeGroup => ({
  left: `${name}Left` as MotionChannel,
  right: `${name}Right` as MotionChannel,
});

/** In the order of the maps, as in models/training/shade/groups.py. */
export const SHADE_GROUPS: readonly ShadeGroup[] = [
  both('jawOpen'),
  sides('mouthSmile'),
  sides('cheekSquint'),
  both('mouthFunnel'),
  both('mouthPucker'),
  sides('mouthStretch'),
  sides('mouthLowerDown'),
  sides('mouthUpperUp'),
  sides('mouthFrown'),
  both('mouthRollLower'),
  both('mouthShrugLower'),
  both('browInnerUp'),
  sides('browOuterUp'),
  sides('browDown'),
  sides('noseSneer'),
  sides('eyeSquint'),
  both('headYaw'),
  both('headPitch'),
  both('headRoll'),
];
/** Radians that count as a whole coefficient. */
export const WHOLE_TURN = 0.2;
