/** What a drawing's eyes and mouth are made of. */
import { SIDES } from '../../../../face/topology.ts';
import type { Yuv } from '../../../../image/colour.ts';
import type { ColourPlanes } from '../../../../image/planes.ts';
import type { Point } from '../../../../image/polygon.ts';
import type { Drawing } from '../../drawn/drawing.ts';
import type { DrawnLines } from './drawn-lines.ts';
import { takeDrawnEye } from './take-eye.ts';
import { takeDrawnMouth } from './take-mouth.ts';

/** Eyes that are drawn shut stay so. */
const SHUT = 0.5;

/** `skin`: of the face. */
export function takeDrawing(view: ColourPlanes, lines: DrawnLines, skin: Yuv): Drawing {
  const [left, right] = SIDES.map((side): Point => {
    const { outerCorner: a, innerCorner: b } = lines.eyes[side];
    return [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])];
  });
  const eyeDistance = Math.hypot(left[0] - right[0], left[1] - right[1]);
  const along: Point = [(left[0] - right[0]) / eyeDistance, (left[1] - right[1]) / eyeDistance];
  const mouth = takeDrawnMouth(view, lines.mouth, along, skin, {
    eyeDistance,
    faceLine: lines.faceLine.line,
  });
  const eyes: Drawing['eyes'] = {};
  for (const side of SIDES) {
    if (lines.eyes[side].closed >= SHUT) continue;
    const eye = takeDrawnEye(view, lines.eyes[side], along, skin);
    // Whoever drew no lash line drew a mouth.
    if (eye) eyes[side] = { ...eye, ink: eye.ink ?? mouth.line };
  }
  return { eyes, mouth };
}
