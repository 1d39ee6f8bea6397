import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { squareFormat } from '../../../src/contract/formats.ts';
import { createI420 } from '../../../src/image/i420.ts';
import { breathAt } from '../../../src/render/warp/breathing.ts';
import type { Rig } from '../../../src/render/warp/rig.ts';
import { type Pose, poseFrame } from '../../../src/render/warp/sheet/poses.ts';
import type { WarpAvatar } from '../../../src/render/warp/warp-avatar.ts';
import type { WarpRenderer } from '../../../src/render/warp/warp-renderer.ts';
import { ourPortrait } from '../../support/portraits.ts';
import { openWarp, warpRig } from './support.ts';

const SIZE = 512;
let renderer: WarpRenderer;
let rig: Rig;
let avatar: WarpAvatar;

beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
  renderer = await openWarp();
  avatar = renderer.prepare(rig, squareFormat(SIZE), { kind: 'matte' });
}, 90_000);
afterAll(() => renderer.close());

async function draw(breath: number, pose: Pose = {}): Promise<Uint8Array> {
  const picture = createI420(SIZE, 2 * SIZE);
  await avatar.drawBreathing(poseFrame(pose), picture, breath);
  return picture.data;
}

/** Height of the person's outline over the lower edge in a column of the matte, pixels. */
function outlineHeight(data: Uint8Array, column: number): number {
  let height = 0;
  for (let y = 0; y < SIZE; y++) height += (data[SIZE * SIZE + y * SIZE + column] - 16) / 219;
  return height;
}

describe('breathing', () => {
  it('rises and falls twelve to seventeen times a minute, smoothly', () => {
    for (const seed of [0, 1, 77, 2 ** 31 - 1]) {
      const breaths = Array.from({ length: 60 * 25 }, (_, i) => breathAt(40 * i, seed));
      const threshold = 0.35;
      const rises = breaths.filter((value, i) => i > 0 && breaths[i - 1] < threshold && value >= threshold);
      expect(rises.length).toBeGreaterThanOrEqual(11);
      expect(rises.length).toBeLessThanOrEqual(17);
      expect(Math.min(...breaths)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...breaths)).toBeLessThanOrEqual(1);
      const steps = breaths.slice(1).map((value, i) => Math.abs(value - breaths[i]));
      expect(Math.max(...steps)).toBeLessThan(0.06);
    }
    expect(breathAt(1234, 5)).toBe(breathAt(1234, 5));
    expect(breathAt(1234, 5)).not.toBe(breathAt(1234, 6));
  });

  it('lifts the shoulders by a pixel or two and leaves the face alone', async () => {
    const out = await draw(0);
    const half = await draw(0.5);
    const full = await draw(1);
    for (const column of [0.12, 0.2, 0.8, 0.88].map((x) => Math.round(x * SIZE))) {
      const lift = outlineHeight(full, column) - outlineHeight(out, column);
      expect(lift).toBeGreaterThan(0.8);
      expect(lift).toBeLessThan(2.2);
      expect(outlineHeight(half, column) - outlineHeight(out, column)).toBeLessThan(0.8 * lift);
    }
    const nose = Math.round(rig.portrait[3 * 1 + 1] * SIZE);
    // Drawn again, pixels round differently by at most one level.
    for (let i = 0; i < nose * SIZE; i++) expect(Math.abs(full[i] - out[i])).toBeLessThanOrEqual(1);
  });

  it('shoulders go along with the head a little', async () => {
    const column = Math.round(0.15 * SIZE);
    const rest = outlineHeight(await draw(0), column);
    const raised = outlineHeight(await draw(0, { headY: 0.1 }), column);
    const head = 0.1 * rig.faceHeight * SIZE;
    expect(raised - rest).toBeGreaterThan(0.03 * head);
    expect(raised - rest).toBeLessThan(0.15 * head);
  });
});
