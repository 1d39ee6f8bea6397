/** Whether a face wears glasses: their bridge crosses the nose and their arms the temples, as dark lines. */
import { position } from '../../../face/landmarks.ts';
import { CHIN, EAR, FOREHEAD } from '../../../face/topology.ts';
import { type Plane, smoothstep } from '../../../image/planes.ts';
import { between, type Point } from '../../../image/polygon.ts';
import { nearestPixel } from '../../../image/sample.ts';

const PROFILE_STEPS = 24;
/** Bridge and stronger arm together: 0.9 to 1.8 in five portraits with dark frames, at most 0.46 in 23 without. */
const GLASSES_FROM = 0.5;
const GLASSES_TO = 0.9;
/** Down the nose and beside its middle, in face widths: the edge of a fringe crosses one of its sides alone. */
const BRIDGE_PATHS = [-0.035, 0, 0.035];
/** Hair over a temple is no glasses where nothing crosses the nose. */
const MIN_BRIDGE = 0.2;

/** 0 none .. 1 for certain. `luma`: square plane 0..255, limited range; `landmarks [478·3]` in view fractions. */
export function glassesLikelihood(luma: Plane, size: number, landmarks: Float32Array): number {
  const at = (i: number) => position(landmarks, i);
  const faceWidth = Math.hypot(at(EAR.left)[0] - at(EAR.right)[0], at(EAR.left)[1] - at(EAR.right)[1]);
  const depth = (from: Point, to: Point) => darkLine(luma, size, from, to, 0.008 * faceWidth);
  const across = [at(EAR.left)[0] - at(EAR.right)[0], at(EAR.left)[1] - at(EAR.right)[1]];
  const beside = ([x, y]: Point, share: number): Point => [x + share * across[0], y + share * across[1]];
  const bridge = Math.min(
    ...BRIDGE_PATHS.map((share) =>
      depth(beside(between(at(9), at(168), 0.3), share), beside(at(195), share)),
    ),
  );
  if (bridge < MIN_BRIDGE) return 0;
  const up = [at(FOREHEAD)[0] - at(CHIN)[0], at(FOREHEAD)[1] - at(CHIN)[1]];
  const arms = [
    [33, EAR.right],
    [263, EAR.left],
  ].map(([eye, ear]) => {
    const [x, y] = between(at(eye), at(ear), 0.5);
    return depth([x + 0.1 * up[0], y + 0.1 * up[1]], [x - 0.1 * up[0], y - 0.1 * up[1]]);
  });
  return smoothstep(GLASSES_FROM, GLASSES_TO, bridge + Math.max(...arms));
}

/** Depth 0..1 of the darkest line that a path crosses, against the darker of the brightest places at its sides. */
function darkLine(luma: Plane, size: number, from: Point, to: Point, step: number): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy) || 1e-6;
  const profile = Array.from({ length: PROFILE_STEPS + 1 }, (_, i) => {
    const t = i / PROFILE_STEPS;
    let sum = 0;
    for (let k = -2; k <= 2; k++) {
      const x = from[0] + t * dx - (k * step * dy) / length;
      const y = from[1] + t * dy + (k * step * dx) / length;
      sum += luma[nearestPixel(size, x, y)] - 16;
    }
    return Math.max(0, sum / 5);
  });
  let deepest = 0;
  for (let i = 1; i < PROFILE_STEPS; i++) {
    const beside = Math.min(Math.max(...profile.slice(0, i)), Math.max(...profile.slice(i + 1)));
    if (beside > 0) deepest = Math.max(deepest, (beside - profile[i]) / beside);
  }
  return deepest;
}
