/** Separates a portrait into the person (with clean colours at soft edges) and the scene behind. */
import { boxBlur, clamp, halve, type Plane, pushPull, resizeSquare, smoothstep, toBytes } from './planes.ts';
import type { YuvPlanes } from './rig.ts';

/** Below this the person's own colour cannot be told from the background's. */
const MIN_MATTE_FOR_COLOUR = 0.3;

/**
 * `yuv`: square planes 0..255 at full size; `matte`: 0..1. Solves picture = matte·person + (1 − matte)·background
 * after the background has been filled in smoothly behind the person.
 */
export function separatePerson(
  yuv: readonly [Plane, Plane, Plane],
  matte: Plane,
  size: number,
): { person: YuvPlanes; background: YuvPlanes } {
  const background = fillBackground(yuv, matte, size);
  const solved = yuv.map((plane, c) =>
    plane.map((value, i) => {
      const alpha = Math.max(matte[i], MIN_MATTE_FOR_COLOUR);
      return clamp((value - (1 - alpha) * background[c][i]) / alpha, 0, 255);
    }),
  );
  const known = matte.map((alpha) => (alpha >= MIN_MATTE_FOR_COLOUR ? 1 : 0));
  const person = pushPull(solved, known, size);
  return { person: quantise(person, size), background: quantise(background, size) };
}

function fillBackground(yuv: readonly Plane[], matte: Plane, size: number): Plane[] {
  const presence = matte.map((alpha) => (alpha > 0.04 ? 1 : 0));
  const near = boxBlur(presence, size, size, Math.max(3, Math.round(size / 90)));
  const known = near.map((value) => (value < 0.02 ? 1 : 0));
  // The filling is smooth: half size is enough for it.
  const half = size / 2;
  const coarse = pushPull(
    yuv.map((plane) => halve(plane, size)),
    halve(known, size).map((value) => (value > 0.99 ? 1 : 0)),
    half,
  );
  // The filling learns from a distance, but the picture itself is kept up to the wisps around the person.
  const wisps = boxBlur(presence, size, size, Math.max(2, Math.round(size / 170)));
  return yuv.map((plane, c) => {
    const filled = resizeSquare(coarse[c], half, size);
    return plane.map((value, i) => {
      const keep = 1 - smoothstep(0.02, 0.2, wisps[i]);
      return keep * value + (1 - keep) * filled[i];
    });
  });
}

function quantise(planes: readonly Plane[], size: number): YuvPlanes {
  return {
    y: toBytes(planes[0]),
    u: toBytes(halve(planes[1], size)),
    v: toBytes(halve(planes[2], size)),
  };
}
