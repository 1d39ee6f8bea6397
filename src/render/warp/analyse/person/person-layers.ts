/** Separates a portrait into the person (with clean colours at soft edges) and the scene behind. */

import {
  above,
  boxBlur,
  clamp,
  doubledAt,
  halve,
  type Plane,
  smoothstep,
  toBytes,
} from '../../../../image/planes.ts';
import { pushPullInPlace } from '../../../../image/push-pull.ts';
import type { YuvPlanes } from '../../rig.ts';
import { fillBackground } from './background-fill.ts';

/** Below this the person's own colour cannot be told from the background's: it is that of the person beside. */
const MIN_MATTE_FOR_COLOUR = 0.3;
/** Colours (levels) that differ by less say little of which of them makes a mixture. */
const ALIKE = 12;
/** From here on a pixel is the person's alone: colours around it are learnt from such. */
const SURELY_PERSON = 0.9;
/** Grey levels that the two layers may miss a pixel by, and by which they surely miss it. */
const MISSED = [8, 24] as const;
/** What the matte has not at all has to look so much more (squared) like the person than like what lies behind. */
const UNFOUND_HAIR = 0.25;
/**
 * What is thinner than about this share of the view is no gap but a hair or the outline itself, which would stay
 * behind when the head moves: so much of the place around has to be seen through.
 */
const THIN = 1 / 90;
const SEEN_THROUGH = [0.35, 0.65] as const;

export interface PersonLayers {
  person: YuvPlanes;
  background: YuvPlanes;
  /** 0..1, corrected where it did not fit the picture. */
  matte: Plane;
}

/**
 * `yuv`: square planes 0..255 at full size; `found`: the matte, 0..1. Solves picture = matte·person + (1 − matte)·
 * background after the background has been filled in behind the person.
 */
export function separatePerson(
  yuv: readonly [Plane, Plane, Plane],
  found: Plane,
  size: number,
): PersonLayers {
  const { matte, background } = settleDoubts(yuv, found, fillBackground(yuv, found, size), size);
  const known = new Float32Array(matte.length);
  const solved = yuv.map((plane) => new Float32Array(plane.length));
  for (let i = 0; i < matte.length; i++) {
    if (matte[i] < MIN_MATTE_FOR_COLOUR) continue;
    known[i] = 1;
    for (let c = 0; c < 3; c++) {
      solved[c][i] = matte[i] === 1 ? yuv[c][i] : solve(yuv[c][i], matte[i], background[c][i]);
    }
  }
  pushPullInPlace(solved, known, size);
  for (let i = 0; i < matte.length; i++) {
    if (matte[i] > 0 && matte[i] < MIN_MATTE_FOR_COLOUR) {
      matte[i] = shareOf(i, yuv, solved, background, matte[i]);
    }
  }
  return { person: quantise(solved, size), background: quantise(background, size), matte };
}

/** How much of the person makes the colour of pixel `i`; `guess` where person and background are alike. */
function shareOf(
  i: number,
  yuv: readonly Plane[],
  person: readonly Plane[],
  background: readonly Plane[],
  guess: number,
): number {
  let along = ALIKE ** 2 * guess;
  let length = ALIKE ** 2;
  for (let c = 0; c < 3; c++) {
    const behind = background[c][i];
    const step = person[c][i] - behind;
    along += step * (yuv[c][i] - behind);
    length += step * step;
  }
  return clamp(along / length, 0, 1);
}

/** The person's colour in a pixel. */
function solve(value: number, alpha: number, background: number): number {
  return clamp((value - (1 - alpha) * background) / alpha, 0, 255);
}

/**
 * A pixel that no colour of the person over the filled background makes, in the matte's proportion, goes to the layer
 * that it looks like: holes in dark hair to the person, what is seen through a gap to the background (`background` as
 * filled, which is changed).
 */
function settleDoubts(
  yuv: readonly Plane[],
  found: Plane,
  background: Plane[],
  size: number,
): { matte: Plane; background: Plane[] } {
  const half = size / 2;
  const coarse = yuv.map((plane) => halve(plane, size));
  pushPullInPlace(coarse, above(halve(found, size), SURELY_PERSON), half);
  /** Filled in where it is asked for only. */
  const nearby = yuv.map((plane) => new Float32Array(plane.length));
  const [luma, u, v] = yuv;
  const [lumaBehind, uBehind, vBehind] = background;
  const matte = found.slice();
  const gaps = new Float32Array(found.length);
  for (let i = 0; i < matte.length; i++) {
    const alpha = found[i];
    if (alpha === 1) continue;
    // Most of the background is the picture itself.
    if (alpha === 0 && luma[i] === lumaBehind[i] && u[i] === uBehind[i] && v[i] === vBehind[i]) continue;
    const x = i % size;
    const y = (i - x) / size;
    for (let c = 0; c < 3; c++) nearby[c][i] = doubledAt(coarse[c], half, x, y);
    // Squared distances of the pixel's colour: to the background, to what that and the person nearby can make.
    const toBackground = squaredDistance(i, yuv, background);
    let toMixture = alpha === 0 ? toBackground : 0;
    for (let c = 0; c < 3 && alpha > 0; c++) {
      const value = yuv[c][i];
      const behind = background[c][i];
      const own = alpha < MIN_MATTE_FOR_COLOUR ? nearby[c][i] : solve(value, alpha, behind);
      toMixture += (value - alpha * own - (1 - alpha) * behind) ** 2;
    }
    const missed = smoothstep(MISSED[0], MISSED[1], Math.sqrt(toMixture));
    if (missed === 0) continue;
    if (squaredDistance(i, yuv, nearby) < (alpha > 0 ? 1 : UNFOUND_HAIR) * toBackground) {
      matte[i] += missed * (1 - alpha);
      continue;
    }
    gaps[i] = missed;
    if (alpha >= MIN_MATTE_FOR_COLOUR) continue;
    // What the two make in another proportion are hairs, and no gap.
    const share = shareOf(i, yuv, nearby, background, alpha);
    gaps[i] *= smoothstep(MISSED[0], MISSED[1], missedByMixture(i, yuv, nearby, background, share));
    matte[i] += (missed - gaps[i]) * (share - alpha);
  }
  const around = boxBlur(gaps, size, size, Math.round((THIN * size) / 2));
  for (let i = 0; i < gaps.length; i++) {
    if (gaps[i] === 0) continue;
    const share = Math.fround(gaps[i] * smoothstep(SEEN_THROUGH[0], SEEN_THROUGH[1], around[i]));
    for (let c = 0; c < 3; c++) background[c][i] += share * (yuv[c][i] - background[c][i]);
    matte[i] -= share * found[i];
  }
  return { matte, background };
}

/** How far the colour of pixel `i` is from `share` of the person over the background. */
function missedByMixture(
  i: number,
  yuv: readonly Plane[],
  person: readonly Plane[],
  background: readonly Plane[],
  share: number,
): number {
  const off = (c: number) => yuv[c][i] - background[c][i] - share * (person[c][i] - background[c][i]);
  return Math.hypot(off(0), off(1), off(2));
}

/** Between the colours of pixel `i`. */
function squaredDistance(i: number, a: readonly Plane[], b: readonly Plane[]): number {
  return (a[0][i] - b[0][i]) ** 2 + (a[1][i] - b[1][i]) ** 2 + (a[2][i] - b[2][i]) ** 2;
}

function quantise(planes: readonly Plane[], size: number): YuvPlanes {
  return {
    y: toBytes(planes[0]),
    u: toBytes(halve(planes[1], size)),
    v: toBytes(halve(planes[2], size)),
  };
}
