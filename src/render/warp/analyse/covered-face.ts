/** A guess at what covers a face: the parts of its skin that do not look like skin. */
import { position } from '../../../face/landmarks.ts';
import { FACE_TRIANGLES } from '../../../face/triangles.ts';
import { type ColourPlanes, clamp } from '../../../image/planes.ts';
import { nearestColour } from '../../../image/sample.ts';
import { skinColour } from './skin-colour.ts';

export type FacePart = 'lower' | 'forehead';

/** Bounds of the parts on the canonical face, centimetres: below the lips, above the brows. */
const LOWER_BELOW_CM = -5.2;
const FOREHEAD_ABOVE_CM = 5.2;
/** Skin in shadow keeps half of its light and, in proportion, its colour (set on 30 portraits). */
const MIN_LIGHT = 0.5;
const MAX_COLOUR_DISTANCE = 20;
/** Where a triangle is looked at, as shares of two of its edges. */
const PROBES = [
  [0.33, 0.33],
  [0.6, 0.2],
  [0.2, 0.6],
  [0.2, 0.2],
];

/**
 * Share 0..1 of each part that is not skin: hair, a beard, a hand, a microphone.
 * `landmarks [478·3]` in view fractions; `canonical [478·3]` the face basis at rest.
 */
export function coveredShares(
  view: ColourPlanes,
  landmarks: Float32Array,
  canonical: Float32Array,
): Record<FacePart, number> {
  const [light, u, v] = skinColour(view, landmarks);
  const isSkin = (x: number, y: number) => {
    const [luma, pu, pv] = nearestColour(view, x, y);
    const relative = (luma - 16) / Math.max(1, light - 16);
    const tint = clamp(relative, 0.35, 1.2);
    return (
      relative >= MIN_LIGHT &&
      Math.hypot(pu - 128 - tint * (u - 128), pv - 128 - tint * (v - 128)) <= MAX_COLOUR_DISTANCE
    );
  };
  const sums = { lower: { covered: 0, area: 0 }, forehead: { covered: 0, area: 0 } };
  for (let t = 0; t < FACE_TRIANGLES.length; t += 3) {
    const corners = [0, 1, 2].map((k) => FACE_TRIANGLES[t + k]);
    const height = corners.reduce((sum, i) => sum + canonical[3 * i + 1] / 3, 0);
    const part = height < LOWER_BELOW_CM ? 'lower' : height > FOREHEAD_ABOVE_CM ? 'forehead' : undefined;
    if (!part) continue;
    const [a, b, c] = corners.map((i) => position(landmarks, i));
    const area = Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]));
    const place = (axis: number, s: number, t: number) =>
      a[axis] + s * (b[axis] - a[axis]) + t * (c[axis] - a[axis]);
    const other = PROBES.filter(([s, t]) => !isSkin(place(0, s, t), place(1, s, t))).length;
    sums[part].covered += (area * other) / PROBES.length;
    sums[part].area += area;
  }
  const share = ({ covered, area }: { covered: number; area: number }) => covered / Math.max(1e-9, area);
  return { lower: share(sums.lower), forehead: share(sums.forehead) };
}
