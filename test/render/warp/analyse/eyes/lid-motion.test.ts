import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CHANNEL, type MotionChannel } from '../../../../../src/contract/motion-frame.ts';
import { distance } from '../../../../../src/face/landmarks.ts';
import { EYES, LANDMARK_COUNT } from '../../../../../src/face/topology.ts';
import { fitLidMotion } from '../../../../../src/render/warp/analyse/eyes/lid-motion.ts';
import { readFaceBasis } from '../../../../../src/render/warp/analyse/face-basis.ts';

const BASIS = fileURLToPath(new URL('../../../../../models/builtin/face-basis.bin', import.meta.url));
const { outerCorner, innerCorner, upperLid, lowerLid } = EYES.left;
const AXES = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** Of the upper lid, up or down. */
const wayOf = (deltas: Float32Array, name: MotionChannel) =>
  Math.max(...upperLid.map((i) => Math.abs(deltas[3 * (CHANNEL[name] * LANDMARK_COUNT + i) + 1])));

it.each([
  ['narrow', 0.8],
  ['wide', 1.4],
])('brings the upper lid of %s eyes along with the iris, not past it', async (_, width) => {
  const { rest, deltas } = await readFaceBasis(BASIS);
  for (const corner of [outerCorner, innerCorner]) rest[3 * corner] *= width;
  fitLidMotion(rest, deltas, AXES);
  const irisWay = 0.42 * distance(rest, outerCorner, innerCorner) * Math.sin(Math.PI / 6);
  expect(wayOf(deltas, 'eyeLookDownLeft') / irisWay).toBeCloseTo(0.85, 2);
  expect(wayOf(deltas, 'eyeLookUpLeft') / irisWay).toBeCloseTo(0.65, 2);
});

it.each([
  ['half shut', 0.5],
  ['open', 1.1],
])('opens eyes that are %s in proportion when they go wide', async (_, share) => {
  const { rest, deltas } = await readFaceBasis(BASIS);
  const gapAt = (i: number) => rest[3 * upperLid[i] + 1] - rest[3 * lowerLid[i] + 1];
  upperLid.forEach((upper, i) => {
    rest[3 * upper + 1] -= (1 - share) * gapAt(i);
  });
  fitLidMotion(rest, deltas, AXES);
  const opening = Math.max(...upperLid.map((_, i) => gapAt(i)));
  expect(wayOf(deltas, 'eyeWideLeft') / opening).toBeCloseTo(0.45, 2);
  expect(wayOf(deltas, 'eyeBlinkLeft') / opening).toBeCloseTo(0.92, 1);
});
