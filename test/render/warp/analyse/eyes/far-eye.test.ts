import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { EYES, LOWER_LIP_MIDDLE } from '../../../../../src/face/topology.ts';
import type { FoundFace } from '../../../../../src/model/face/face-finder.ts';
import { isTurned, withFarEye } from '../../../../../src/render/warp/analyse/eyes/far-eye.ts';
import { readFaceBasis } from '../../../../../src/render/warp/analyse/face-basis.ts';

const BASIS = fileURLToPath(new URL('../../../../../models/builtin/face-basis.bin', import.meta.url));
let rest: Float32Array;
beforeAll(async () => {
  rest = (await readFaceBasis(BASIS)).rest;
});

/** The canonical face, turned to its left (the picture's right) about the vertical, 10 pixels to the centimetre. */
function turned(degrees: number): FoundFace {
  const [sin, cos] = [Math.sin((degrees / 180) * Math.PI), Math.cos((degrees / 180) * Math.PI)];
  const landmarks = new Float64Array(rest.length);
  for (let i = 0; i < rest.length; i += 3) {
    const [x, y, z] = rest.subarray(i, i + 3);
    landmarks.set([200 + 10 * (cos * x + sin * z), 200 - 10 * y, 10 * (cos * z - sin * x)], i);
  }
  return { box: [100, 100, 200, 200], landmarks };
}

describe('the far eye of a turned face', () => {
  it('is looked for where the face is turned far, to either side', () => {
    expect([0, 20, -20].map((degrees) => isTurned(turned(degrees)))).toEqual([false, false, false]);
    expect([32, -32].map((degrees) => isTurned(turned(degrees)))).toEqual([true, true]);
  });

  it.each([
    { degrees: 32, far: 'left', near: 'right' },
    { degrees: -32, far: 'right', near: 'left' },
  ] as const)('is taken from the narrow cut, and nothing else: $far', ({ degrees, far, near }) => {
    const narrow = turned(degrees);
    // The wide cut has all of it lower.
    const wide = { ...narrow, landmarks: narrow.landmarks.map((value, i) => value + (i % 3 === 1 ? 9 : 0)) };
    const { landmarks } = withFarEye(wide, narrow);
    const y = (point: number) => landmarks[3 * point + 1] - narrow.landmarks[3 * point + 1];
    const { outerCorner, innerCorner, upperLid, lowerLid } = EYES[far];
    for (const point of [outerCorner, innerCorner, ...upperLid, ...lowerLid])
      expect(y(point)).toBeLessThan(0.5);
    expect(y(LOWER_LIP_MIDDLE)).toBeCloseTo(9, 1);
    expect(y(EYES[near].outerCorner)).toBeCloseTo(9, 1);
    for (let i = 0; i < landmarks.length; i += 3) expect(landmarks[i + 2]).toBe(narrow.landmarks[i + 2]);
  });
});
