/**
 * A guess at what covers a face: what of it does not look like its own skin, in light or in shadow. A side light covers
 * nothing.
 */
import { distance, position } from '../../../face/landmarks.ts';
import { EAR, FACE_OVAL, LOWER_LIP_RINGS } from '../../../face/topology.ts';
import { FACE_TRIANGLES } from '../../../face/triangles.ts';
import { type ColourPlanes, clamp } from '../../../image/planes.ts';
import { nearestColour, samplePlane } from '../../../image/sample.ts';
import { skinColour } from './skin-colour.ts';

export type FacePart = 'lower' | 'forehead';

/** Bounds of the parts on the canonical face, centimetres: below the lips, above the brows. */
const LOWER_BELOW_CM = -5.2;
const FOREHEAD_ABOVE_CM = 5.2;
/**
 * Skin has the face's own colour in proportion to its light: what is this share of that colour off, within so many
 * levels, is none (set on 60 people of all skins).
 */
const OFF_COLOUR = 0.8;
const OFF_LEVELS = [9, 20] as const;
/** What has less than half of its light is in shadow, or hair: that is rougher than the face's own cheeks, and than this. */
const SHADOW = 0.5;
const ROUGHER = 2.5;
const LEAST_ROUGHNESS = 0.045;
/** Roughness is what light varies by, beyond an even slope, over a square of so many places that are so far apart, face widths. */
const PLACES = 5;
const APART = 0.01;
const CHEEKS = [50, 280, 205, 425, 101, 330, 187, 411];
/** The lips themselves; and beyond the jaw's outline are neck, hair and what stands behind. */
const NOT_LOWER: ReadonlySet<number> = new Set([...FACE_OVAL, ...LOWER_LIP_RINGS[0]]);
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
  const far = clamp(OFF_COLOUR * Math.hypot(u - 128, v - 128), ...OFF_LEVELS);
  const apart = APART * distance(landmarks, EAR.right, EAR.left);
  const roughnessAt = (x: number, y: number) => roughness(view, x, y, apart);
  const cheeks = CHEEKS.map((i) => roughnessAt(...position(landmarks, i))).sort((a, b) => a - b);
  const rough = Math.max(LEAST_ROUGHNESS, ROUGHER * cheeks[cheeks.length >> 1]);
  const isSkin = (x: number, y: number) => {
    const [luma, pu, pv] = nearestColour(view, x, y);
    const relative = (luma - 16) / Math.max(1, light - 16);
    const tint = clamp(relative, 0.35, 1.2);
    if (Math.hypot(pu - 128 - tint * (u - 128), pv - 128 - tint * (v - 128)) > far) return false;
    return relative >= SHADOW || roughnessAt(x, y) < rough;
  };
  const sums = { lower: { covered: 0, area: 0 }, forehead: { covered: 0, area: 0 } };
  for (let t = 0; t < FACE_TRIANGLES.length; t += 3) {
    const corners = [0, 1, 2].map((k) => FACE_TRIANGLES[t + k]);
    const height = corners.reduce((sum, i) => sum + canonical[3 * i + 1] / 3, 0);
    const part = height < LOWER_BELOW_CM ? 'lower' : height > FOREHEAD_ABOVE_CM ? 'forehead' : undefined;
    if (!part || (part === 'lower' && corners.some((i) => NOT_LOWER.has(i)))) continue;
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

/** Of the light around a place, against its mean. */
function roughness({ size, channels: [luma] }: ColourPlanes, x: number, y: number, apart: number): number {
  const middle = (PLACES - 1) / 2;
  const offsets = Array.from({ length: PLACES }, (_, k) => k - middle);
  const light = offsets.map((row) =>
    offsets.map((column) => samplePlane(luma, size, x + column * apart, y + row * apart) - 16),
  );
  const sum = (of: (value: number, column: number, row: number) => number) =>
    light.reduce(
      (total, values, r) =>
        total + values.reduce((row, value, c) => row + of(value, c - middle, r - middle), 0),
      0,
    );
  const mean = sum((value) => value) / PLACES ** 2;
  const spread = sum((_, column) => column ** 2);
  const slope = [sum((value, column) => column * value), sum((value, _, row) => row * value)].map(
    (product) => product / spread,
  );
  const rest = sum((value, column, row) => (value - mean - slope[0] * column - slope[1] * row) ** 2);
  return Math.sqrt(rest) / PLACES / Math.max(6, mean);
}
