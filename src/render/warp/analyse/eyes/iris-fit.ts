/**
 * Where the irises of a portrait are and how large: the mesh's measure, corrected by the picture. The outline of an
 * iris is the circle across which the eye turns white most strongly (after Daugman's integro-differential operator,
 * 1993). Whiteness and not luma: in light eyes the pupil's edge is the stronger step in luma.
 */
import { EYES, SIDES } from '../../../../face/topology.ts';
import { boxBlur, clamp, type Plane } from '../../../../image/planes.ts';

/** Human irises measure 0.2 eye widths in radius, drawn ones up to 0.4. */
const IRIS_RADIUS_RANGE = [0.16, 0.38];
/** What is tried: radii in shares of the mesh's, and shifts of the centre in shares of that radius. */
const GROWTHS = steps(0.7, 1.5, 0.05);
const SHIFTS_ACROSS = steps(-0.6, 0.6, 0.1);
const SHIFTS_UP = steps(-0.3, 0.3, 0.1);
/** How far the mesh's measure is usually off: the logarithm of the radius, and the centre in radii. */
const GROWTH_SPREAD = 0.6;
const SHIFT_SPREAD = 0.8;
/** The step is taken between these shares of the radius. */
const WITHIN = 0.86;
const BEYOND = 1.14;
const ANGLES = 40;
/** The white lies in shadow here and there, but has no colour: that tells more than luma. */
const COLOUR_WEIGHT = 3;
/** Least step (in levels of colour, mean of both sides) that is believed rather than the mesh. */
const LEAST_STEP = 4;

/** A square cut-out around an eye, and what is where in it (texels). */
export interface EyePatch {
  origin: [number, number];
  extent: number;
  size: number;
  planes: Plane[];
  /** Texels from the edge of the nearest lid, positive on the eyeball. */
  inside: Plane;
  /** 1 where the eyeball shows, clear of lids and lashes. */
  visible: Plane;
  /** 1 where the face around the eye shows, still clearer of them. */
  around: Plane;
  width: number;
  /** As the mesh has it. */
  iris: IrisCircle;
  upperLid: number[][];
}

/** In texels of a patch. */
export interface IrisCircle {
  x: number;
  y: number;
  radius: number;
}

/** Mean iris radius of the mesh over both eyes, view fractions, within what irises can be. */
export function meshIrisRadius(landmarks: Float32Array): number {
  const between = (a: number, b: number) =>
    Math.hypot(landmarks[3 * a] - landmarks[3 * b], landmarks[3 * a + 1] - landmarks[3 * b + 1]);
  const radii = SIDES.map((side) => {
    const { irisCentre, irisEdge, outerCorner, innerCorner } = EYES[side];
    const width = between(outerCorner, innerCorner);
    const sum = irisEdge.reduce((total, i) => total + between(irisCentre, i), 0);
    return clamp(sum / irisEdge.length, IRIS_RADIUS_RANGE[0] * width, IRIS_RADIUS_RANGE[1] * width);
  });
  return 0.5 * (radii[0] + radii[1]);
}

/** The irises of a face, which are alike: the growth that suits both eyes, each with the centre that suits it best. */
export function fitIrises(patches: readonly EyePatch[]): IrisCircle[] {
  const distances = patches.map(distanceFromWhite);
  let best = patches.map(({ iris }) => iris);
  let strongest = LEAST_STEP * patches.length;
  for (const growth of GROWTHS) {
    const prior = Math.exp(-0.5 * (Math.log(growth) / GROWTH_SPREAD) ** 2);
    const found = patches.map((patch, i) => bestCentre(patch, distances[i], growth));
    const strength = prior * found.reduce((sum, { step }) => sum + step, 0);
    if (strength <= strongest) continue;
    strongest = strength;
    best = found.map(({ circle }) => circle);
  }
  return best;
}

function bestCentre(patch: EyePatch, distances: Plane, growth: number): { circle: IrisCircle; step: number } {
  const { x, y, radius } = patch.iris;
  let best = { circle: { x, y, radius: growth * radius }, step: 0 };
  for (const across of SHIFTS_ACROSS) {
    for (const up of SHIFTS_UP) {
      const circle = { x: x + across * radius, y: y - up * radius, radius: growth * radius };
      const prior = Math.exp(-0.5 * (Math.hypot(across, up) / SHIFT_SPREAD) ** 2);
      const step = prior * stepAcross(circle, patch, distances);
      if (step > best.step) best = { circle, step };
    }
  }
  return best;
}

/** How much nearer to white the eye is just outside the circle than just within, mean of its left and right side. */
function stepAcross({ x, y, radius }: IrisCircle, { visible, size }: EyePatch, distances: Plane): number {
  const texel = (angle: number, share: number) => {
    const column = Math.floor(x + share * radius * Math.cos(angle));
    const row = Math.floor(y + share * radius * Math.sin(angle));
    return Math.min(column, row) < 0 || Math.max(column, row) >= size ? -1 : row * size + column;
  };
  const sums = [0, 0];
  // One more than there are: a side of which next to nothing shows tells little.
  const counts = [1, 1];
  for (let k = 0; k < ANGLES; k++) {
    const angle = (2 * Math.PI * (k + 0.5)) / ANGLES;
    const [inner, outer] = [texel(angle, WITHIN), texel(angle, BEYOND)];
    if (inner < 0 || outer < 0 || !visible[inner] || !visible[outer]) continue;
    const side = Math.cos(angle) < 0 ? 0 : 1;
    sums[side] += distances[inner] - distances[outer];
    counts[side]++;
  }
  return 0.5 * (sums[0] / counts[0] + sums[1] / counts[1]);
}

/** How far each texel is from white, in levels: pupils no more so by their darkness than the iris around them. */
function distanceFromWhite({ planes, visible, size, iris }: EyePatch): Plane {
  const [luma, u, v] = planes;
  const byLuma = [...visible.keys()].filter((i) => visible[i] > 0).sort((a, b) => luma[a] - luma[b]);
  if (byLuma.length === 0) return new Float32Array(luma.length);
  // Not the very brightest: highlights are brighter than the white.
  const whites = byLuma.slice(Math.floor(0.8 * byLuma.length), Math.ceil(0.95 * byLuma.length));
  const [whiteLuma, whiteU, whiteV] = planes.map(
    (plane) => whites.reduce((sum, i) => sum + plane[i], 0) / whites.length,
  );
  const onIris = byLuma.filter((i) => {
    const away = Math.hypot((i % size) + 0.5 - iris.x, Math.floor(i / size) + 0.5 - iris.y) / iris.radius;
    return away > 0.5 && away < 0.9;
  });
  const darkest = luma[onIris[onIris.length >> 1] ?? byLuma[0]];
  const distances = luma.map(
    (value, i) =>
      whiteLuma - Math.max(value, darkest) + COLOUR_WEIGHT * Math.hypot(u[i] - whiteU, v[i] - whiteV),
  );
  return boxBlur(distances, size, size, 1);
}

function steps(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
}
