/** What each emotion does to the face, in landmarks without the head's own motion. */

import type { Emotion } from '../src/contract/controls.ts';
import { headUp } from '../src/face/landmarks.ts';
import { expressFace } from '../src/render/warp/head/face-motion.ts';
import type { Rig } from '../src/render/warp/rig.ts';
import { mean } from './statistics.ts';

/** Points of the 478-point mesh; "right" is the avatar's own. */
const POINTS = {
  mouthCorner: [61, 291],
  innerBrow: [55, 285],
  outerBrow: [46, 276],
  upperLid: [159, 386],
  lowerLid: [145, 374],
  innerEyeCorner: [133, 362],
  outerEyeCorner: [33, 263],
  upperLip: [0, 0],
  lowerLip: [17, 17],
  noseBase: [2, 2],
} as const;

/** All in percent of the face's height; + is up, open or apart. Each once per side: right, left. */
function measure(rig: Rig, frame: Float32Array) {
  const points = expressFace(rig, frame);
  const up = headUp(rig.axes);
  const height = (i: number) => points[3 * i] * up[0] + points[3 * i + 1] * up[1] + points[3 * i + 2] * up[2];
  const side = (from: keyof typeof POINTS, to: keyof typeof POINTS) =>
    [0, 1].map((k) => (100 * (height(POINTS[to][k]) - height(POINTS[from][k]))) / rig.faceHeight);
  const both = (values: number[]) => mean(values);
  const corners = side('noseBase', 'mouthCorner');
  return {
    corners: both(corners),
    /** How much higher one corner of the mouth is than the other. */
    oneSided: Math.abs(corners[0] - corners[1]),
    innerBrows: both(side('innerEyeCorner', 'innerBrow')),
    outerBrows: both(side('outerEyeCorner', 'outerBrow')),
    eyes: both(side('lowerLid', 'upperLid')),
    upperLip: both(side('noseBase', 'upperLip')),
  };
}
type Expression = ReturnType<typeof measure>;

/** The mark of each emotion (Ekman's action units): what it moves, and which way. */
const MARKS: Readonly<Record<Emotion, readonly [part: keyof Expression, sign: 1 | -1, words: string]>> = {
  happy: ['corners', 1, 'corners of the mouth up'],
  sad: ['innerBrows', 1, 'inner brows up'],
  angry: ['innerBrows', -1, 'brows down'],
  surprised: ['outerBrows', 1, 'brows up'],
  afraid: ['eyes', 1, 'eyes wide'],
  disgusted: ['upperLip', 1, 'upper lip up'],
  contempt: ['oneSided', 1, 'one corner of the mouth up'],
};

export interface EmotionEffect {
  mark: string;
  /** Shift of the mean against neutral in percent of the face's height, + the way it should go. */
  shiftPercent: number;
}

export function emotionEffect(
  rig: Rig,
  emotion: Emotion,
  neutral: readonly Float32Array[],
  moved: readonly Float32Array[],
): EmotionEffect {
  const [part, sign, mark] = MARKS[emotion];
  const level = (frames: readonly Float32Array[]) => mean(frames.map((frame) => measure(rig, frame)[part]));
  return { mark, shiftPercent: sign * (level(moved) - level(neutral)) };
}
