/**
 * The face mesh puts the lower lids of large or painted eyes too high: what lies between them and the true edge
 * stays an open slit when the avatar blinks. Here they are lowered to where the eye's colours end.
 */
import { EYES, type EyeTopology, SIDES } from '../../../../face/topology.ts';
import type { Yuv } from '../../../../image/colour.ts';
import type { ColourPlanes } from '../../../../image/planes.ts';
import { nearestColour } from '../../../../image/sample.ts';

/** The row of points below each lower lid, which moves along. */
const BELOW = {
  left: [255, 339, 254, 253, 252, 256, 341],
  right: [25, 110, 24, 23, 22, 26, 112],
} as const;
const FOLLOW_SHARE = 0.6;
/** Looked for at most this far down, in heights of the opening, and believed from this far. */
const MAX_DROP = 0.6;
const LARGEST_CORRECTION = 0.25;
const MIN_DROP = 0.08;
/** The skin below the eye is taken from here, in heights of the opening below the lid. */
const SKIN_DEPTHS = [0.9, 1.1, 1.3];
/** Points of the lid on which the drop is measured: clear of the corners. */
const MEASURED = [2, 3, 4];
const STEP = 0.02;

/** Returns landmarks `[478·3]` with the lower lids at the eyes' edges, or the same ones where they are there. */
export function fitLowerLids(view: ColourPlanes, landmarks: Float32Array): Float32Array {
  const drops = SIDES.map((side) => dropOf(view, landmarks, EYES[side]));
  // An edge that only one eye shows is a shadow or a bag.
  const drop = Math.min(LARGEST_CORRECTION, ...drops);
  if (drop < MIN_DROP) return landmarks;
  const result = landmarks.slice();
  for (const side of SIDES) {
    const { upperLid, lowerLid } = EYES[side];
    lowerLid.forEach((lid, i) => {
      // The corners stay where they are.
      const share = drop * Math.sin((Math.PI * (i + 1)) / (lowerLid.length + 1)) ** 0.5;
      for (let axis = 0; axis < 2; axis++) {
        const way = share * (landmarks[3 * lid + axis] - landmarks[3 * upperLid[i] + axis]);
        result[3 * lid + axis] += way;
        result[3 * BELOW[side][i] + axis] += FOLLOW_SHARE * way;
      }
    });
  }
  return result;
}

/** How far the eye's colours go on below the lower lid, in heights of the opening. */
export function dropOf(view: ColourPlanes, landmarks: Float32Array, eye: EyeTopology): number {
  const found = MEASURED.map((i) => {
    const [upper, lower] = [3 * eye.upperLid[i], 3 * eye.lowerLid[i]];
    /** 0 on the upper lid, 1 on the lower one, further down beyond. */
    const at = (t: number) =>
      nearestColour(
        view,
        landmarks[upper] + t * (landmarks[lower] - landmarks[upper]),
        landmarks[upper + 1] + t * (landmarks[lower + 1] - landmarks[upper + 1]),
      );
    const skins = SKIN_DEPTHS.map((depth) => at(1 + depth));
    const eyes = [0.35, 0.5, 0.65, 0.8].map(at);
    let drop = 0;
    while (drop < MAX_DROP) {
      const colour = at(1 + drop);
      const nearest = (others: readonly Yuv[]) =>
        Math.min(...others.map((other) => difference(colour, other)));
      if (nearest(skins) <= nearest(eyes)) break;
      drop += STEP;
    }
    // No end in sight is no edge.
    return drop >= MAX_DROP ? 0 : drop;
  });
  return found.sort((a, b) => a - b)[MEASURED.length >> 1];
}

function difference(a: Yuv, b: Yuv): number {
  return Math.abs(a[0] - b[0]) + 2 * Math.hypot(a[1] - b[1], a[2] - b[2]);
}
