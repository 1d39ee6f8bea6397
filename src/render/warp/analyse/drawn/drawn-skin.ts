/** The colour of a drawn face's own skin: most of what lies between its eyes and its mouth. */
import type { Yuv } from '../../../../image/colour.ts';
import type { ColourPlanes } from '../../../../image/planes.ts';
import type { Point } from '../../../../image/polygon.ts';
import { sampleColour } from '../../../../image/sample.ts';
import type { DrawnLines } from './drawn-lines.ts';
import { median } from './patch.ts';

/** So far to each side of the middle, in eye distances, and from the eyes' line to the mouth. */
const BESIDE = 0.34;
const [FIRST, LAST] = [0.3, 0.85];
const STEPS = 9;

/** Median of each channel; lines in view fractions. */
export function drawnSkin(view: ColourPlanes, { eyes, mouth }: Pick<DrawnLines, 'eyes' | 'mouth'>): Yuv {
  const middle = (a: Point, b: Point): Point => [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])];
  const [right, left] = [eyes.right, eyes.left].map((eye) => middle(eye.outerCorner, eye.innerCorner));
  const between = middle(right, left);
  const lips = middle(mouth.rightCorner, mouth.leftCorner);
  const colours: Yuv[] = [];
  for (let row = 0; row < STEPS; row++) {
    const down = FIRST + ((LAST - FIRST) * row) / (STEPS - 1);
    for (let column = 0; column < STEPS; column++) {
      const across = BESIDE * ((2 * column) / (STEPS - 1) - 1);
      const at = (axis: 0 | 1) =>
        between[axis] + down * (lips[axis] - between[axis]) + across * (left[axis] - right[axis]);
      colours.push(sampleColour(view, at(0), at(1)));
    }
  }
  const channel = (c: 0 | 1 | 2) => median(colours.map((colour) => colour[c]));
  return [channel(0), channel(1), channel(2)];
}
