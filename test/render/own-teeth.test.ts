import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import type { Rig } from '../../src/avatar/rig.ts';
import { createI420 } from '../../src/media/i420.ts';
import { GraphLoader } from '../../src/model/providers.ts';
import { landmarksAt } from '../../src/render/landmarks.ts';
import { type Pose, poseFrame } from '../../src/render/poses.ts';
import { Renderer } from '../../src/render/renderer.ts';
import { galleryPortrait } from '../avatar/support.ts';

const SIZE = 512;
const GRAPH = fileURLToPath(new URL('../../models/builtin/render.onnx', import.meta.url));
/** Of the teeth that the rig is given, and of nothing else in its mouth. */
const TOOTH = 230;
const TEXELS = 32;
let renderer: Renderer;
let rig: Rig;
beforeAll(async () => {
  const factory = await AvatarFactory.create();
  const portrait = await factory.buildRig(await galleryPortrait());
  await factory.close();
  const extent = 0.1 * portrait.faceHeight;
  const [x, y] = portrait.rest.subarray(3 * 13);
  const texels = Uint8Array.from({ length: 4 * TEXELS ** 2 }, (_, i) => [TOOTH, 128, 128, 255][i % 4]);
  // From a little above the closed lips to as far below.
  const origin: [number, number] = [x - extent / 2, y - extent / 2];
  rig = { ...portrait, ownTeeth: { origin, extent, size: TEXELS, texels } };
  const loader = await GraphLoader.choose('cpu', GRAPH, 1);
  renderer = await Renderer.create({ pack: { graphFiles: { render: GRAPH } }, loader });
}, 90_000);
afterAll(() => renderer?.close());

/** Rows below the upper lip's middle where a picture shows the teeth. */
async function rowsOfTeeth(pose: Pose): Promise<number> {
  const picture = createI420(SIZE, SIZE);
  const frame = poseFrame(pose);
  await renderer.render(renderer.prepare(rig, SIZE), frame, picture);
  const [x, y] = landmarksAt(rig, frame).subarray(3 * 13);
  let rows = 0;
  for (let row = Math.floor(y * SIZE); row < (y + 0.3) * SIZE; row++) {
    if (picture.data[row * SIZE + Math.floor(x * SIZE)] > TOOTH - 12) rows++;
  }
  return rows;
}

it("shows the portrait's own teeth as far as the lips leave them open", async () => {
  expect(await rowsOfTeeth({})).toBe(0);
  const little = await rowsOfTeeth({ jawOpen: 0.12 });
  expect(little).toBeGreaterThan(2);
  const whole = await rowsOfTeeth({ jawOpen: 0.5 });
  expect(whole).toBeGreaterThan(little);
  // The jaw goes down without them, and they turn with the head.
  expect(await rowsOfTeeth({ jawOpen: 0.9 })).toBeLessThanOrEqual(whole + 2);
  expect(await rowsOfTeeth({ jawOpen: 0.5, headYaw: 0.2, headRoll: 0.1 })).toBeGreaterThan(0.7 * whole);
});
