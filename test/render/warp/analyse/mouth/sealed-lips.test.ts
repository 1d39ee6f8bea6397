import { expect, it } from 'vitest';
import { BLENDSHAPES, CHANNEL } from '../../../../../src/contract/motion-frame.ts';
import {
  INNER_LOWER_LIP,
  INNER_UPPER_LIP,
  LANDMARK_COUNT,
  UPPER_LIP_RINGS,
} from '../../../../../src/face/topology.ts';
import { sealedDeltas, shutLips } from '../../../../../src/render/warp/analyse/mouth/sealed-lips.ts';

const noise = (length: number) => Float32Array.from({ length }, (_, i) => ((i * 7919) % 101) / 101);

it('parts lips by no blendshape', () => {
  const deltas = sealedDeltas(noise(BLENDSHAPES.length * LANDMARK_COUNT * 3));
  for (let channel = 0; channel < BLENDSHAPES.length; channel++) {
    INNER_UPPER_LIP.forEach((upper, i) => {
      for (let axis = 0; axis < 3; axis++) {
        const at = (point: number) => deltas[3 * (channel * LANDMARK_COUNT + point) + axis];
        expect(at(upper)).toBeCloseTo(at(INNER_LOWER_LIP[i]), 5);
      }
    });
  }
});

it('leaves eyes as they are, and takes half of what the jaw does to what hides it', () => {
  const deltas = noise(BLENDSHAPES.length * LANDMARK_COUNT * 3);
  const sealed = sealedDeltas(deltas);
  const eyelid = 3 * (CHANNEL.eyeBlinkLeft * LANDMARK_COUNT + 386);
  const chin = 3 * (CHANNEL.jawOpen * LANDMARK_COUNT + 152);
  expect(sealed[eyelid]).toBe(deltas[eyelid]);
  expect(sealed[chin]).toBeCloseTo(0.5 * deltas[chin], 5);
});

it('shuts lips in their middle, and leaves their outer edges where they are', () => {
  const landmarks = noise(LANDMARK_COUNT * 3);
  const shut = shutLips(landmarks);
  INNER_UPPER_LIP.forEach((upper, i) => {
    const middle = 0.5 * (landmarks[3 * upper + 1] + landmarks[3 * INNER_LOWER_LIP[i] + 1]);
    expect(shut[3 * upper + 1]).toBeCloseTo(middle, 5);
    expect(shut[3 * INNER_LOWER_LIP[i] + 1]).toBeCloseTo(middle, 5);
    expect(shut[3 * UPPER_LIP_RINGS[0][i] + 1]).toBe(landmarks[3 * UPPER_LIP_RINGS[0][i] + 1]);
  });
});
