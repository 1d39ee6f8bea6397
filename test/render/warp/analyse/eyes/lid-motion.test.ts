import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CHANNEL } from '../../../../../src/contract/motion-frame.ts';
import { distance } from '../../../../../src/face/landmarks.ts';
import { EYES, LANDMARK_COUNT } from '../../../../../src/face/topology.ts';
import { makeLidsFollowGaze } from '../../../../../src/render/warp/analyse/eyes/lid-motion.ts';
import { readFaceBasis } from '../../../../../src/render/warp/analyse/face-basis.ts';

const BASIS = fileURLToPath(new URL('../../../../../models/builtin/face-basis.bin', import.meta.url));
const { outerCorner, innerCorner, upperLid } = EYES.left;

it.each([
  ['narrow', 0.8],
  ['wide', 1.4],
])('brings the upper lid of %s eyes along with the iris, not past it', async (_, width) => {
  const { rest, deltas } = await readFaceBasis(BASIS);
  for (const corner of [outerCorner, innerCorner]) rest[3 * corner] *= width;
  makeLidsFollowGaze(rest, deltas, Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1));
  const irisWay = 0.42 * distance(rest, outerCorner, innerCorner) * Math.sin(Math.PI / 6);
  const highest = (name: 'eyeLookDownLeft' | 'eyeLookUpLeft') =>
    Math.max(...upperLid.map((i) => Math.abs(deltas[3 * (CHANNEL[name] * LANDMARK_COUNT + i) + 1])));
  expect(highest('eyeLookDownLeft') / irisWay).toBeCloseTo(0.85, 2);
  expect(highest('eyeLookUpLeft') / irisWay).toBeCloseTo(0.65, 2);
});
