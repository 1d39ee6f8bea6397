/** How large the irises of a portrait are: the mesh's measure, corrected by the picture. */
import type { EyeTopology } from './face-topology.ts';
import { clamp, type Plane } from './planes.ts';

/** Human irises measure 0.2 eye widths in radius, drawn ones up to 0.4. */
const IRIS_RADIUS_RANGE = [0.16, 0.38];

/** A square cut-out around an eye, and what is where in it (texels). */
export interface EyePatch {
  origin: [number, number];
  extent: number;
  size: number;
  planes: Plane[];
  /** 1 where the eyeball shows, clear of lids and lashes. */
  visible: Plane;
  width: number;
  iris: [number, number];
  /** Iris radius as the mesh has it. */
  measuredRadius: number;
  upperLid: number[][];
}

/** Mean iris radius of the mesh, view fractions, within what irises can be. */
export function measureIrisRadius(landmarks: Float32Array, eye: EyeTopology, width: number): number {
  const [cx, cy] = landmarks.subarray(3 * eye.irisCentre);
  const radii = eye.irisEdge.map((i) => Math.hypot(landmarks[3 * i] - cx, landmarks[3 * i + 1] - cy));
  const [low, high] = IRIS_RADIUS_RANGE;
  return clamp(radii.reduce((sum, value) => sum + value, 0) / radii.length, low * width, high * width);
}

/**
 * How much larger the irises are than measured: the strongest common step from dark to bright left and right of
 * the pupils, with the mesh's measure as prior.
 */
export function findIrisGrowth(patches: readonly EyePatch[]): number {
  const profiles = patches.map(radialLuma);
  let best = 1;
  let strongest = 4;
  for (let growth = 0.7; growth <= 1.45; growth += 0.025) {
    const prior = Math.exp(-0.5 * (Math.log(growth) / 0.22) ** 2);
    const step = profiles.reduce(
      (sum, luma) => sum + clamp(luma(growth + 0.12) - luma(growth - 0.12), 0, 60),
      0,
    );
    if (prior * step > strongest) {
      strongest = prior * step;
      best = growth;
    }
  }
  return best;
}

/** Mean luma at a distance from the iris's centre (in measured radii), from the visible parts at its sides. */
function radialLuma({ planes, visible, size, iris, measuredRadius }: EyePatch): (radii: number) => number {
  const last = Math.ceil(1.8 * measuredRadius) + 2;
  const sums = new Float32Array(last + 1);
  const counts = new Float32Array(last + 1);
  for (let i = 0; i < visible.length; i++) {
    const dx = (i % size) + 0.5 - iris[0];
    const dy = Math.floor(i / size) + 0.5 - iris[1];
    const ring = Math.round(Math.hypot(dx, dy));
    if (!visible[i] || ring > last || Math.abs(dy) > 0.7 * Math.abs(dx)) continue;
    sums[ring] += planes[0][i];
    counts[ring]++;
  }
  return (radii) => {
    const at = clamp(radii * measuredRadius, 0, last - 1);
    const ring = Math.floor(at);
    const mean = (k: number) => (counts[k] > 0 ? sums[k] / counts[k] : Number.NaN);
    const luma = (1 - at + ring) * mean(ring) + (at - ring) * mean(ring + 1);
    return Number.isNaN(luma) ? 0 : luma;
  };
}
