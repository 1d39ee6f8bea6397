import { expect, it } from 'vitest';
import { LANDMARK_COUNT } from '../../../../src/face/topology.ts';
import { skinColour } from '../../../../src/render/warp/analyse/skin-colour.ts';

const SIZE = 64;
const SKIN = [150, 112, 152] as const;

it('is that of the bare skin, also where a cheek is covered', () => {
  const landmarks = Float32Array.from({ length: LANDMARK_COUNT * 3 }, (_, i) => (((i / 3) | 0) % 8) / 8);
  // Everything left of a sixth of the view is black.
  const channels = SKIN.map((value, c) =>
    Float32Array.from({ length: SIZE * SIZE }, (_, i) => (i % SIZE < SIZE / 6 ? [16, 128, 128][c] : value)),
  );
  const [luma, u, v] = channels;
  expect(skinColour({ size: SIZE, channels: [luma, u, v] }, landmarks)).toEqual(SKIN);
});
