/**
 * Drawn characters have eyes far taller than a person's, and the face mesh puts its lids where a person's would
 * be. Here the lids are moved to where the drawing has them: where skin begins above and below the iris.
 */

import { EYES, type EyeTopology, SIDES } from '../../../../face/topology.ts';
import type { Yuv } from '../../../../image/colour.ts';
import { type ColourPlanes, clamp } from '../../../../image/planes.ts';
import { nearestColour } from '../../../../image/sample.ts';
import { skinColour } from '../skin-colour.ts';

/** Eye height over eye width above which an eye is drawn, not human (people stay below 0.5, measured with lashes). */
const DRAWN_RATIO = 0.66;
/** The found eye must be this much taller than the mesh has it. */
const MIN_GROWTH = 1.3;
/** Skin is what differs by less than this from the cheeks in luma and in chroma. */
const SKIN_LUMA = 45;
const SKIN_CHROMA = 16;
/** Rows of points above and below the lids that move along, with their share of the lid's way. */
const FOLLOWERS = {
  left: { above: [342, 445, 444, 443, 442, 441, 413], below: [255, 339, 254, 253, 252, 256, 341] },
  right: { above: [113, 225, 224, 223, 222, 221, 189], below: [25, 110, 24, 23, 22, 26, 112] },
};

interface EyeExtent {
  width: number;
  /** Unit vector upwards, and heights over the line of the corners, view fractions. */
  up: [number, number];
  foundTop: number;
  foundBottom: number;
  ownTop: number;
  ownBottom: number;
}

/** For drawings. Returns landmarks `[478·3]` with the lids at the drawing's; undefined where its eyes are human. */
export function fitLidsToDrawing(view: ColourPlanes, landmarks: Float32Array): Float32Array | undefined {
  const skin = skinColour(view, landmarks);
  const extents = SIDES.map((side) => measure(view, landmarks, EYES[side], skin));
  const tall = extents.every(
    ({ width, foundTop, foundBottom, ownTop, ownBottom }) =>
      foundTop + foundBottom > DRAWN_RATIO * width &&
      foundTop + foundBottom > MIN_GROWTH * (ownTop + ownBottom),
  );
  if (!tall) return undefined;
  const result = landmarks.slice();
  SIDES.forEach((side, i) => {
    const { up, foundTop, foundBottom, ownTop, ownBottom } = extents[i];
    const eye = EYES[side];
    eye.upperLid.forEach((lid, k) => {
      const lift = heightOver(landmarks, eye, lid, up) * (clamp(foundTop / ownTop, 1, 3) - 1);
      for (const [point, share] of [
        [lid, 1],
        [eye.crease[k], 1],
        [FOLLOWERS[side].above[k], 0.5],
      ]) {
        result[3 * point] += share * lift * up[0];
        result[3 * point + 1] += share * lift * up[1];
      }
    });
    eye.lowerLid.forEach((lid, k) => {
      const drop = -heightOver(landmarks, eye, lid, up) * (clamp(foundBottom / ownBottom, 1, 3) - 1);
      for (const [point, share] of [
        [lid, 1],
        [FOLLOWERS[side].below[k], 0.8],
      ]) {
        result[3 * point] -= share * drop * up[0];
        result[3 * point + 1] -= share * drop * up[1];
      }
    });
  });
  return result;
}

function heightOver(landmarks: Float32Array, eye: EyeTopology, point: number, up: readonly number[]): number {
  const corner = 3 * eye.outerCorner;
  return (
    (landmarks[3 * point] - landmarks[corner]) * up[0] +
    (landmarks[3 * point + 1] - landmarks[corner + 1]) * up[1]
  );
}

function measure(view: ColourPlanes, landmarks: Float32Array, eye: EyeTopology, skin: Yuv): EyeExtent {
  const dx = landmarks[3 * eye.innerCorner] - landmarks[3 * eye.outerCorner];
  const dy = landmarks[3 * eye.innerCorner + 1] - landmarks[3 * eye.outerCorner + 1];
  const width = Math.hypot(dx, dy);
  const along = [dx / width, dy / width];
  const sign = along[0] > 0 ? 1 : -1;
  const up: [number, number] = [sign * along[1], -sign * along[0]];
  const iris = [landmarks[3 * eye.irisCentre], landmarks[3 * eye.irisCentre + 1]];
  const irisHeight = heightOver(landmarks, eye, eye.irisCentre, up);
  const reach = (direction: 1 | -1): number => {
    const found = [-0.12, -0.06, 0, 0.06, 0.12].map((offset) => {
      const step = 0.02 * width;
      let skinRun = 0;
      for (let s = 0; s < 0.9 * width; s += step) {
        const [y, u, v] = nearestColour(
          view,
          iris[0] + offset * width * along[0] + direction * s * up[0],
          iris[1] + offset * width * along[1] + direction * s * up[1],
        );
        const isSkin =
          Math.abs(y - skin[0]) < SKIN_LUMA && Math.hypot(u - skin[1], v - skin[2]) < SKIN_CHROMA;
        skinRun = isSkin ? skinRun + 1 : 0;
        if (skinRun === 4) return s - 3 * step;
      }
      return 0;
    });
    return found.sort((a, b) => a - b)[2];
  };
  const heights = (points: readonly number[]) => points.map((i) => heightOver(landmarks, eye, i, up));
  return {
    width,
    up,
    foundTop: reach(1) + irisHeight,
    foundBottom: reach(-1) - irisHeight,
    ownTop: Math.max(1e-4, ...heights(eye.upperLid)),
    ownBottom: Math.max(1e-4, ...heights(eye.lowerLid).map((height) => -height)),
  };
}
