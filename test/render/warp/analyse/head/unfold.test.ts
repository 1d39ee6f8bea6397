import { beforeAll, describe, expect, it } from 'vitest';
import { rotate } from '../../../../../src/face/similarity.ts';
import { EYES, LIP_POINTS, NOSE_TIP } from '../../../../../src/face/topology.ts';
import { FACE_TRIANGLES } from '../../../../../src/face/triangles.ts';
import { BUILTIN_PACK, loadPack } from '../../../../../src/model/pack.ts';
import { type FaceBasis, readFaceBasis } from '../../../../../src/render/warp/analyse/face-basis.ts';
import { unfoldFace } from '../../../../../src/render/warp/analyse/head/unfold.ts';

/** Ear and cheek, and what of the outline the cheek hides. */
const NEAR_SIDE = [234, 93, 132, 50, 205];
const FAR_SIDE = [454, 323, 361];

let basis: FaceBasis;
beforeAll(async () => {
  basis = await readFaceBasis((await loadPack(BUILTIN_PACK)).files.faceBasis);
});

/** The canonical face, turned to its left, as landmarks of a portrait. */
function landmarksOf(yaw: number): Float32Array {
  const turn = [Math.cos(yaw), 0, Math.sin(yaw), 0, 1, 0, -Math.sin(yaw), 0, Math.cos(yaw)];
  const points = new Float32Array(basis.rest.length);
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = rotate(turn, basis.rest[i], basis.rest[i + 1], basis.rest[i + 2]);
    points.set([0.5 + x / 30, 0.5 - y / 30, z / 30], i);
  }
  return points;
}

const EYES_AND_LIPS = new Set([
  ...LIP_POINTS,
  ...Object.values(EYES).flatMap((eye) => [
    ...eye.upperLid,
    ...eye.lowerLid,
    eye.innerCorner,
    eye.outerCorner,
  ]),
]);

/** Areas of triangles that face away, but of eyes and lips, as shares of the view. */
function foldedAway(landmarks: Float32Array, shifts?: Float32Array): number[] {
  const at = (point: number, axis: number) => landmarks[3 * point + axis] + (shifts?.[2 * point + axis] ?? 0);
  const areas: number[] = [];
  for (let t = 0; t < FACE_TRIANGLES.length; t += 3) {
    const [a, b, c] = FACE_TRIANGLES.slice(t, t + 3);
    if ([a, b, c].some((point) => EYES_AND_LIPS.has(point))) continue;
    const along = (point: number, axis: number) => at(point, axis) - at(a, axis);
    areas.push(0.5 * (along(b, 1) * along(c, 0) - along(b, 0) * along(c, 1)));
  }
  return areas.filter((area) => area < -1e-6);
}

describe('a face that is turned so far that it hides a part of itself', () => {
  it.each([0.7, -0.7])('is laid out without folds (%f rad)', (yaw) => {
    const landmarks = landmarksOf(yaw);
    expect(foldedAway(landmarks).length).toBeGreaterThan(10);
    expect(foldedAway(landmarks, unfoldFace(landmarks))).toEqual([]);
  });

  it('keeps eyes, lips and all of the near side where they are', () => {
    const shifts = unfoldFace(landmarksOf(0.7));
    const moved = (point: number) => Math.hypot(shifts[2 * point], shifts[2 * point + 1]);
    for (const point of [...EYES_AND_LIPS, NOSE_TIP, ...NEAR_SIDE]) expect(moved(point)).toBe(0);
    for (const point of FAR_SIDE) expect(moved(point)).toBeGreaterThan(0.05);
  });

  it('changes next to nothing in a face that is seen from the front', () => {
    expect(Math.max(...unfoldFace(landmarksOf(0)).map(Math.abs))).toBeLessThan(0.001);
  });
});
