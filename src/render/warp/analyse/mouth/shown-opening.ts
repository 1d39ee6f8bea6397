/** Whether a picture shows the inside of a mouth between lips that the face mesh sees apart: teeth, or the dark. */
import { position } from '../../../../face/landmarks.ts';
import { LOWER_LIP_RINGS, MOUTH_CORNER, UPPER_LIP_RINGS } from '../../../../face/topology.ts';
import type { ColourPlanes } from '../../../../image/planes.ts';
import { sampleColour } from '../../../../image/sample.ts';

/** Columns across the middle of the lips, from the upper one's outer edge to the lower one's, in so many steps. */
const COLUMNS = [2, 3, 4, 5, 6];
const STEPS = 80;
const [OUTER, RIM] = [0, 3];
/** Of each lip's height, what lies clear of its edge and of its rim. */
const CLEAR = [0.15, 0.7] as const;
/** The darkest place is looked for between the rims and so far beyond them, in lips' widths. */
const BEYOND_RIM = 0.07;
/** It is dark from there as far as the light rises by this share to that of the darker lip. */
const DARK = 0.3;
/**
 * The dark of a mouth is so high, lips' widths: 0.105 to 0.13 where lips are rounded. Lips that touch have at most 0.09,
 * the upper one's shade with their seam, on the darkest skins in the lowest light.
 */
const LEAST_HEIGHT = 0.1;
/** It has less than this share of the darker lip's light: a seam that was blurred is as high, but has 0.55 and more. */
const DEEP = 0.5;
/** Teeth have less than this share of the lips' colour for their light, and not much less light, or more light. */
const PALE = 0.6;
const PALE_LIGHT = 0.6;
const BRIGHT = 1.15;
/** In so much of what lies between the rims: mouths with teeth show 0.12 to 0.8 of either, lips that touch nothing. */
const LEAST_PALE = 0.08;
const LEAST_BRIGHT = 0.08;

/** `landmarks`: `[478·3]` in view fractions. */
export function showsOpening(view: ColourPlanes, landmarks: Float32Array): boolean {
  const columns = COLUMNS.map((i) => measureColumn(view, landmarks, i));
  return (
    median(columns.map(({ pale }) => pale)) >= LEAST_PALE ||
    median(columns.map(({ bright }) => bright)) >= LEAST_BRIGHT ||
    (median(columns.map(({ darkHeight }) => darkHeight)) >= LEAST_HEIGHT &&
      median(columns.map(({ darkest }) => darkest)) < DEEP)
  );
}

function measureColumn(view: ColourPlanes, landmarks: Float32Array, column: number) {
  const at = (i: number) => position(landmarks, i);
  const [top, bottom] = [at(UPPER_LIP_RINGS[OUTER][column]), at(LOWER_LIP_RINGS[OUTER][column])];
  const [dx, dy] = [bottom[0] - top[0], bottom[1] - top[1]];
  const height = Math.hypot(dx, dy);
  const [right, left] = [at(MOUTH_CORNER.right), at(MOUTH_CORNER.left)];
  const step = height / STEPS / Math.hypot(right[0] - left[0], right[1] - left[1]);
  const stepOf = ([x, y]: readonly number[]) =>
    (STEPS * ((x - top[0]) * dx + (y - top[1]) * dy)) / height ** 2;
  const [upperRim, lowerRim] = [UPPER_LIP_RINGS, LOWER_LIP_RINGS].map((rings) =>
    stepOf(at(rings[RIM][column])),
  );
  const colours = Array.from({ length: STEPS }, (_, k) =>
    sampleColour(view, top[0] + (dx * (k + 0.5)) / STEPS, top[1] + (dy * (k + 0.5)) / STEPS),
  );
  const light = colours.map(([luma]) => Math.max(1, luma - 16));
  const tint = colours.map(([, u, v], k) => Math.hypot(u - 128, v - 128) / Math.max(12, light[k]));
  const clear = (values: readonly number[]) =>
    [
      values.slice(CLEAR[0] * upperRim, Math.max(2, CLEAR[1] * upperRim)),
      values.slice(STEPS - Math.max(2, CLEAR[1] * (STEPS - lowerRim)), STEPS - CLEAR[0] * (STEPS - lowerRim)),
    ] as const;
  const lips = clear(light).map(median);
  const lipTint = median(clear(tint).flat());
  const between = colours.map((_, k) => k).filter((k) => k >= upperRim && k < lowerRim);
  const share = (is: (k: number) => boolean) => between.filter(is).length / Math.max(1, between.length);
  return {
    pale: share((k) => light[k] > PALE_LIGHT * Math.min(...lips) && tint[k] < PALE * lipTint),
    bright: share((k) => light[k] > BRIGHT * Math.max(...lips)),
    ...darkBetween(
      light,
      upperRim - BEYOND_RIM / step,
      lowerRim + BEYOND_RIM / step,
      Math.min(...lips),
      step,
    ),
  };
}

/** The least light between two steps, in shares of a lip's, and how high the place about it is nearly as dark. */
function darkBetween(light: readonly number[], from: number, to: number, lip: number, step: number) {
  let darkest = Math.max(0, Math.floor(from));
  for (let k = darkest; k <= Math.min(light.length - 1, to); k++) if (light[k] < light[darkest]) darkest = k;
  const isDark = (k: number) => light[k] < light[darkest] + DARK * (lip - light[darkest]);
  let [first, last] = [darkest, darkest];
  while (first > 0 && isDark(first)) first--;
  while (last < light.length - 1 && isDark(last)) last++;
  return { darkHeight: step * (last - first), darkest: light[darkest] / lip };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
