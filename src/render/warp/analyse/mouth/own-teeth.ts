/** The open mouth of a portrait that shows its teeth, cut out before its lips are made ready to shut over them. */

import { INNER_UPPER_LIP } from '../../../../face/topology.ts';
import {
  boxBlur,
  type ColourPlanes,
  clamp,
  cutSquare,
  deinterleave,
  interleave,
  type Plane,
} from '../../../../image/planes.ts';
import { pushPull } from '../../../../image/push-pull.ts';
import { pixelsBetweenLips } from './between-lips.ts';
import { endBelowTeeth } from './end-below-teeth.ts';

/** A square of the view. */
export interface OwnTeeth {
  /** Left and upper edge [x, y] and side, view fractions. */
  origin: [number, number];
  extent: number;
  /** Texels a side, and interleaved YUV and opacity `[size·size·4]`; opaque where the mouth is open. */
  size: number;
  texels: Uint8Array;
  /**
   * The same of the upper teeth alone: where the mouth's border is lip as much as teeth, the colour of what lies behind
   * it; transparent below them.
   */
  teeth: Uint8Array;
}

/** Room above the teeth for gums, of the mouth's width, and around the mouth, pixels. */
export const GUM_HEIGHT = 0.22;
const AROUND = 3;
/** Pixels at the border of the mouth that are lip as much as teeth. */
const BORDER = 3;
/** Levels that painting the lips over teeth changes at least. */
const LEAST_CHANGE = 1;
/**
 * Teeth outshine the lips around them by so many levels, or are hardly darker and have at most so much of their colour;
 * and they leave little of the mouth dark: a tongue or a laugh does.
 */
const OVER_LIPS = 4;
const UNDER_LIPS = 6;
const PALE = 0.8;
const DARK = 0.45;
const MOST_DARK = 0.3;
const BRIGHT = 0.85;

/** `painted`: the picture without teeth (see teeth-in-lips.ts); `lips`: their colour. Undefined where the portrait shows no row of teeth. */
export function takeOwnTeeth(
  view: ColourPlanes,
  painted: ColourPlanes,
  landmarks: Float32Array,
  lips: readonly [number, number, number],
): OwnTeeth | undefined {
  if (painted.channels === view.channels || !showsTeeth(view, painted, landmarks)) return undefined;
  const { size } = view;
  let [left, top, right, bottom] = [size, size, -1, -1];
  const isOpen = new Float32Array(size * size);
  for (let i = 0; i < isOpen.length; i++) {
    const changed = (c: number) => Math.abs(view.channels[c][i] - painted.channels[c][i]) >= LEAST_CHANGE;
    if (!changed(0) && !changed(1) && !changed(2)) continue;
    isOpen[i] = 1;
    const [x, y] = [i % size, Math.floor(i / size)];
    [left, right, top, bottom] = [
      Math.min(left, x),
      Math.max(right, x),
      Math.min(top, y),
      Math.max(bottom, y),
    ];
  }
  if (right < left) return undefined;
  top = Math.max(0, top - Math.round(GUM_HEIGHT * (right - left)));
  const side = 2 ** Math.ceil(Math.log2(Math.max(right - left, bottom - top) + 2 * AROUND));
  if (side > size) return undefined;
  const x = clamp((left + right - side) >> 1, 0, size - side);
  const y = clamp((top + bottom - side) >> 1, 0, size - side);
  const cut = (plane: Plane) => cutSquare(plane, size, x, y, side);
  const mouth = cut(isOpen);
  const opacity = boxBlur(mouth, side, side, 1).map((share) => 255 * share);
  const shown = view.channels.map(cut);
  const isTeeth = boxBlur(mouth, side, side, BORDER).map((share) => (share > 0.999 ? 1 : 0));
  const teeth = interleave([...(isTeeth.includes(1) ? pushPull(shown, isTeeth, side) : shown), opacity]);
  return {
    origin: [x / size, y / size],
    extent: side / size,
    size: side,
    texels: interleave([...shown, opacity]),
    teeth: interleave(endBelowTeeth(deinterleave(teeth, 4), side, lips)),
  };
}

/** Whether most of what lies between the lips is teeth. */
function showsTeeth(view: ColourPlanes, painted: ColourPlanes, landmarks: Float32Array): boolean {
  const { size } = view;
  // The corners of any mouth are dark.
  const [from, to] = [INNER_UPPER_LIP[1], INNER_UPPER_LIP[7]]
    .map((i) => landmarks[3 * i] * size)
    .sort((a, b) => a - b);
  const middle = pixelsBetweenLips(landmarks, size).filter((i) => i % size >= from && i % size < to);
  if (middle.length === 0) return false;
  const quantile = (values: number[], q: number) =>
    values.toSorted((a, b) => a - b)[Math.floor(q * values.length)];
  const median = ({ channels }: ColourPlanes, c: number) =>
    quantile(
      middle.map((i) => channels[c][i]),
      0.5,
    );
  const colour = (of: ColourPlanes) => Math.hypot(median(of, 1) - 128, median(of, 2) - 128);
  const over = median(view, 0) - median(painted, 0);
  const outshine = over > OVER_LIPS || (over > -UNDER_LIPS && colour(view) < PALE * colour(painted));
  const shown = middle.map((i) => view.channels[0][i]);
  const dark = 16 + DARK * (quantile(shown, BRIGHT) - 16);
  return outshine && shown.filter((luma) => luma < dark).length < MOST_DARK * shown.length;
}
