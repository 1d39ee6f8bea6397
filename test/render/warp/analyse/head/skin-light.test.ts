import { beforeAll, describe, expect, it } from 'vitest';
import { SKIN_POINTS } from '../../../../../src/face/topology.ts';
import { BUILTIN_PACK, loadPack } from '../../../../../src/model/pack.ts';
import { type FaceBasis, readFaceBasis } from '../../../../../src/render/warp/analyse/face-basis.ts';
import { skinAreas } from '../../../../../src/render/warp/analyse/head/skin-areas.ts';
import { skinLight } from '../../../../../src/render/warp/analyse/head/skin-light.ts';

const SIZE = 128;
const LIGHT = [0.3, -0.15, 0.25];

/** The canonical face from the front, and the point that each pixel is nearest to. */
let basis: FaceBasis;
let landmarks: Float32Array;
let nearest: Int32Array;
beforeAll(async () => {
  basis = await readFaceBasis((await loadPack(BUILTIN_PACK)).files.faceBasis);
  landmarks = basis.rest.map((value, i) => [0.5 + value / 24, 0.5 - value / 24, value / 24][i % 3]);
  nearest = Int32Array.from({ length: SIZE * SIZE }, (_, cell) => {
    const x = ((cell % SIZE) + 0.5) / SIZE;
    const y = (Math.floor(cell / SIZE) + 0.5) / SIZE;
    let point = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < SKIN_POINTS; i++) {
      const away = (landmarks[3 * i] - x) ** 2 + (landmarks[3 * i + 1] - y) ** 2;
      if (away < least) {
        point = i;
        least = away;
      }
    }
    return point;
  });
}, 90_000);

/** That face, its skin of `level` luma lit by `light`; `paint` may change points. */
function litFace(level: number, light: readonly number[], paint = (_point: number, luma: number) => luma) {
  const areas = skinAreas(landmarks);
  const luma = Float32Array.from(nearest, (i) => {
    const [x, y, z] = areas.subarray(3 * i, 3 * i + 3);
    const size = Math.max(1e-9, Math.hypot(x, y, z));
    const shade = Math.exp((light[0] * x + light[1] * y + light[2] * z) / size - light[2]);
    return paint(i, 16 + level * shade);
  });
  const grey = new Float32Array(SIZE * SIZE).fill(128);
  return skinLight({ size: SIZE, channels: [luma, grey, grey] }, landmarks, basis);
}

describe('light on a face', () => {
  it('is found on light and dark skin alike, whatever a beard or a patch covers', () => {
    const beard = (point: number, luma: number) =>
      [152, 148, 377, 200, 199, 175, 171, 396].includes(point) ? 30 : luma;
    for (const found of [litFace(180, LIGHT), litFace(45, LIGHT), litFace(150, LIGHT, beard)]) {
      found.forEach((part, axis) => {
        expect(Math.abs(part - LIGHT[axis])).toBeLessThan(0.1);
      });
    }
  });

  it('is none where the skin says nothing of it', () => {
    const even = litFace(150, [0, 0, 0]);
    const noise = litFace(150, [0, 0, 0], (point, luma) => luma + 40 * Math.sin(7919 * point));
    for (const found of [even, noise]) expect(Math.hypot(...found)).toBeLessThan(0.05);
  });
});
