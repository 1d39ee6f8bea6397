import { describe, expect, it } from 'vitest';
import { BLENDSHAPES, CHANNEL, MOTION_SIZE } from '../../../../src/contract/motion-frame.ts';
import { LANDMARK_COUNT } from '../../../../src/face/topology.ts';
import { randomNumbers } from '../../../../src/random.ts';
import { blendByKernels, blendOf } from '../../../../src/render/warp/head/blendshapes.ts';
import { Kernels } from '../../../../src/render/warp/pixels/kernels.ts';

const STRIDE = 3 * LANDMARK_COUNT;

function someRig(limits = { glasses: 0, smile: 0 }) {
  const random = randomNumbers(7);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random() - 0.5);
  return {
    rest: numbers(STRIDE),
    deltas: numbers(BLENDSHAPES.length * STRIDE),
    limits: { ...limits, detail: 1, headCutOff: 0, upperTeeth: 0 },
    ownTeeth: undefined,
  } as unknown as Parameters<typeof blendOf>[0];
}

function frameOf(coefficients: Partial<Record<keyof typeof CHANNEL, number>>): Float32Array {
  const frame = new Float32Array(MOTION_SIZE);
  for (const [name, value] of Object.entries(coefficients))
    frame[CHANNEL[name as keyof typeof CHANNEL]] = value;
  return frame;
}

describe('blendshapes', () => {
  it('are the same by kernels, picture after picture', () => {
    const rig = someRig({ glasses: 0.7, smile: 0.4 });
    const kernels = new Kernels(4 * BLENDSHAPES.length * STRIDE + 65536);
    const byKernels = blendByKernels(rig, kernels);
    const random = randomNumbers(1);
    for (let picture = 0; picture < 3; picture++) {
      const frame = Float32Array.from({ length: MOTION_SIZE }, random);
      const expected = blendOf(rig)(frame);
      const blended = byKernels(frame);
      expect(Math.max(...blended.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(1e-5);
      blended.fill(0);
    }
  });

  it('move less where glasses hide it, and where the portrait smiles already', () => {
    const moved = (limits: { glasses: number; smile: number }, frame: Float32Array) => {
      const rig = someRig(limits);
      const blended = blendOf(rig)(frame);
      return blended[0] - rig.rest[0];
    };
    const free = { glasses: 0, smile: 0 };
    const frown = frameOf({ browDownLeft: 1 });
    expect(moved({ ...free, glasses: 1 }, frown) / moved(free, frown)).toBeCloseTo(0.15, 4);
    const smile = frameOf({ mouthSmileLeft: 1 });
    expect(moved({ ...free, smile: 1 }, smile) / moved(free, smile)).toBeCloseTo(0.2, 4);
    const jaw = frameOf({ jawOpen: 0.5 });
    expect(moved({ glasses: 1, smile: 1 }, jaw)).toBeCloseTo(moved(free, jaw), 6);
  });
});
