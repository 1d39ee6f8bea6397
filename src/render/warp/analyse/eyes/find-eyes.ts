/** The eyes of a face, cut out of the picture, and their irises. */
import { position } from '../../../../face/landmarks.ts';
import { EYES, type EyeTopology, SIDES } from '../../../../face/topology.ts';
import type { ColourPlanes, Plane } from '../../../../image/planes.ts';
import { distanceInside } from '../../../../image/polygon.ts';
import { samplePlane } from '../../../../image/sample.ts';
import { type EyePatch, fitIrises, type IrisCircle, meshIrisRadius } from './iris-fit.ts';

/** Patch width in eye widths; leaves room for the lids' rise and the iris at the corners. */
const EXTENT_IN_EYE_WIDTHS = 1.5;

/** In the order of `SIDES`. */
export interface FoundEyes {
  readonly patches: readonly EyePatch[];
  readonly irises: readonly IrisCircle[];
}

/** `landmarks`: `[478·3]` in view fractions. */
export function findEyes(view: ColourPlanes, landmarks: Float32Array): FoundEyes {
  const radius = meshIrisRadius(landmarks);
  const patches = SIDES.map((side) => cutPatch(view, landmarks, EYES[side], radius));
  return { patches, irises: fitIrises(patches) };
}

/** Centres of the irises in view fractions. */
export function irisCentres({ patches, irises }: FoundEyes): Record<'left' | 'right', [number, number]> {
  const [left, right] = irises.map(({ x, y }, i): [number, number] => {
    const { origin, extent, size } = patches[i];
    return [origin[0] + (extent / size) * x, origin[1] + (extent / size) * y];
  });
  return { left, right };
}

/** `irisRadius`: in view fractions. */
function cutPatch(
  view: ColourPlanes,
  landmarks: Float32Array,
  eye: EyeTopology,
  irisRadius: number,
): EyePatch {
  const outer = position(landmarks, eye.outerCorner);
  const inner = position(landmarks, eye.innerCorner);
  const width = Math.hypot(outer[0] - inner[0], outer[1] - inner[1]);
  const extent = EXTENT_IN_EYE_WIDTHS * width;
  const size = extent * view.size > 96 ? 128 : 64;
  const origin: [number, number] = [
    0.5 * (outer[0] + inner[0] - extent),
    0.5 * (outer[1] + inner[1] - extent),
  ];
  const toPatch = (i: number): [number, number] => [
    ((landmarks[3 * i] - origin[0]) / extent) * size,
    ((landmarks[3 * i + 1] - origin[1]) / extent) * size,
  ];
  const opening = [eye.outerCorner, ...eye.upperLid, eye.innerCorner, ...[...eye.lowerLid].reverse()].map(
    toPatch,
  );
  // Lashes and the lid's shadow lie along the edge: keep clear of it.
  const clearance = 0.05 * (width / extent) * size;
  const inside = new Float32Array(size * size);
  for (let i = 0; i < inside.length; i++) {
    inside[i] = distanceInside((i % size) + 0.5, Math.floor(i / size) + 0.5, opening);
  }
  const [irisX, irisY] = toPatch(eye.irisCentre);
  return {
    origin,
    extent,
    size,
    planes: samplePatch(view, origin, extent, size),
    inside,
    visible: inside.map((distance) => (distance > clearance ? 1 : 0)),
    around: inside.map((distance) => (distance < -2 * clearance ? 1 : 0)),
    width,
    iris: { x: irisX, y: irisY, radius: (irisRadius / extent) * size },
    upperLid: eye.upperLid.map(toPatch),
  };
}

function samplePatch(
  view: ColourPlanes,
  origin: readonly number[],
  extent: number,
  patchSize: number,
): Plane[] {
  const at = (axis: 0 | 1, texel: number) => origin[axis] + ((texel + 0.5) / patchSize) * extent;
  return view.channels.map((plane) => {
    const patch = new Float32Array(patchSize ** 2);
    for (let i = 0; i < patch.length; i++) {
      patch[i] = samplePlane(plane, view.size, at(0, i % patchSize), at(1, Math.floor(i / patchSize)));
    }
    return patch;
  });
}
