/** The colour of a face's own skin: what lids, lips, teeth and whatever covers the face are told by. */
import { position } from '../../../face/landmarks.ts';
import type { Yuv } from '../../../image/colour.ts';
import type { ColourPlanes } from '../../../image/planes.ts';
import { nearestColour } from '../../../image/sample.ts';

/** Cheeks and nose, which are seldom covered. */
const BARE_POINTS = [50, 280, 205, 425, 101, 330, 6, 197, 195, 36, 266, 118, 347, 117, 346, 187, 411];

/** Median of each channel. `landmarks`: `[478·3]` in view fractions. */
export function skinColour(view: ColourPlanes, landmarks: Float32Array): Yuv {
  const colours = BARE_POINTS.map((i) => nearestColour(view, ...position(landmarks, i)));
  const median = (c: 0 | 1 | 2) =>
    colours.map((colour) => colour[c]).sort((a, b) => a - b)[BARE_POINTS.length >> 1];
  return [median(0), median(1), median(2)];
}
