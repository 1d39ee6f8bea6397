import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { squareFormat } from '../../../../src/contract/formats.ts';
import { createI420 } from '../../../../src/image/i420.ts';
import { RING_SIZE } from '../../../../src/render/warp/head/mesh-topology.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { type Pose, poseFrame } from '../../../../src/render/warp/sheet/poses.ts';
import type { WarpRenderer } from '../../../../src/render/warp/warp-renderer.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { openWarp, warpRig } from '../support.ts';

const SIZE = 256;
const STEP_MS = 40;
const YUKI = new URL('../../../../client-demo/public/gallery/yuki.jpg', import.meta.url);
/** Directions from the face, clockwise from above: her hair hangs beside the jaw, her chin is free. */
const [LEFT_ENDS, CHIN, RIGHT_ENDS] = [13, 18, 23];
/** 1.52 face outlines out. */
const OUTSIDE = 4;

let renderer: WarpRenderer;
let rig: Rig;
beforeAll(async () => {
  renderer = await openWarp();
  rig = await warpRig(await readFile(YUKI));
}, 90_000);
afterAll(() => renderer.close());

/** Mesh and picture after poses a step apart; without `startMs` they have no moments. */
async function drawn(poses: readonly Pose[], startMs?: number, own = rig) {
  const avatar = renderer.prepare(own, squareFormat(SIZE));
  const picture = createI420(SIZE, SIZE);
  for (const [i, pose] of poses.entries()) {
    const moment = startMs === undefined ? undefined : { mediaTimeMs: startMs + i * STEP_MS, seed: 3 };
    await avatar.draw(poseFrame(pose), picture, moment);
  }
  return { mesh: avatar.posed.slice(), data: picture.data };
}

const vertex = (direction: number, ring = OUTSIDE) => 3 * (468 + ring * RING_SIZE + direction);
/** How far a vertex is to the right of where the pose alone has it, pixels. */
async function offBy(poses: readonly Pose[], direction: number): Promise<number> {
  const [swayed, still] = [await drawn(poses, 1000), await drawn(poses.slice(-1))];
  return SIZE * (swayed.mesh[vertex(direction)] - still.mesh[vertex(direction)]);
}

const turning = Array.from({ length: 5 }, (_, i): Pose => ({ headYaw: 0.07 * i }));
const turned: Pose = { headYaw: 0.28 };
const stays = (count: number) => Array.from({ length: count }, () => turned);

describe('what hangs free of a drawn head', () => {
  it('is found where it ends, on both sides, and not at the chin or on the face', () => {
    const { free, body } = rig.freeParts!;
    const at = (direction: number, ring = OUTSIDE) => free[ring * RING_SIZE + direction];
    const ends = Math.min(at(LEFT_ENDS), at(RIGHT_ENDS));
    expect(ends).toBeGreaterThan(0.2);
    expect(at(CHIN)).toBeLessThan(0.5 * ends);
    for (let direction = 0; direction < RING_SIZE; direction++) expect(at(direction, 0)).toBeLessThan(0.12);
    expect(body.at(-RING_SIZE)).toBe(0);
    expect(body.at(-RING_SIZE / 2)).toBe(1);
  });

  it('is late when the head turns, and settles where it belongs', async () => {
    const head = (await drawn(turning)).mesh[vertex(0, 0)] - (await drawn([{}])).mesh[vertex(0, 0)];
    const late = await offBy(turning, LEFT_ENDS);
    expect(Math.sign(late)).toBe(-Math.sign(head));
    expect(Math.abs(late)).toBeGreaterThan(0.5);
    expect(Math.abs(await offBy([...turning, ...stays(200)], LEFT_ENDS))).toBeLessThan(1.2);
  });

  it('moves in the same way at the same moments, and not without one', async () => {
    const [one, other] = await Promise.all([drawn(turning, 1000), drawn(turning, 1000)]);
    expect(one.data).toEqual(other.data);
    expect((await drawn(turning)).data).toEqual((await drawn([turning.at(-1)!])).data);
    expect((await drawn(turning)).data).not.toEqual(one.data);
  });

  it('hangs still again after a pause', async () => {
    const avatar = renderer.prepare(rig, squareFormat(SIZE));
    const fresh = renderer.prepare(rig, squareFormat(SIZE));
    const [picture, expected] = [createI420(SIZE, SIZE), createI420(SIZE, SIZE)];
    for (const [i, pose] of turning.entries())
      await avatar.draw(poseFrame(pose), picture, { mediaTimeMs: i * STEP_MS, seed: 3 });
    const later = { mediaTimeMs: 60_000, seed: 3 };
    await avatar.draw(poseFrame(turned), picture, later);
    await fresh.draw(poseFrame(turned), expected, later);
    expect(picture.data).toEqual(expected.data);
  });

  it('is not looked for in photographs', async () => {
    expect((await warpRig(await ourPortrait())).freeParts).toBeUndefined();
  }, 90_000);
});
