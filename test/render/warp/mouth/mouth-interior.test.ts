import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { squareFormat } from '../../../../src/contract/formats.ts';
import { createI420 } from '../../../../src/image/i420.ts';
import { landmarksAt } from '../../../../src/render/warp/head/landmarks.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { type Pose, poseFrame, VISEMES } from '../../../../src/render/warp/sheet/poses.ts';
import type { WarpRenderer } from '../../../../src/render/warp/warp-renderer.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { openWarp, warpRig } from '../support.ts';

const SIZE = 512;
/** A central incisor's middle lies so far beside the mouth's, of its width. */
const BESIDE = 0.06;
let renderer: WarpRenderer;
let rig: Rig;
beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
  renderer = await openWarp();
}, 90_000);
afterAll(() => renderer?.close());

/** Luma above black from the upper lip's inner edge to the lower one's, through a central incisor. */
async function acrossTheGap(pose: Pose): Promise<number[]> {
  const picture = createI420(SIZE, SIZE);
  const frame = poseFrame(pose);
  await renderer.prepare(rig, squareFormat(SIZE)).draw(frame, picture);
  const points = landmarksAt(rig, frame);
  const column = Math.floor((points[3 * 13] + BESIDE * (points[3 * 291] - points[3 * 61])) * SIZE);
  const [top, bottom] = [13, 14].map((i) => Math.round(points[3 * i + 1] * SIZE));
  return Array.from({ length: bottom - top - 3 }, (_, k) => picture.data[(top + 2 + k) * SIZE + column] - 16);
}

describe('the inside of an open mouth', () => {
  it('shows bright upper teeth, and of the lower ones no bright band on their lip', async () => {
    const rows = await acrossTheGap(VISEMES.aa);
    const upper = rows.slice(0, rows.length / 2);
    expect(Math.max(...upper)).toBeGreaterThan(0.6 * (rig.mouthLight.teeth[0] - 16));
    const nextToLip = rows.slice(-rows.length / 3);
    const steps = nextToLip.slice(1).map((luma, i) => Math.abs(luma - nextToLip[i]));
    expect(Math.max(...steps)).toBeLessThan(0.1 * Math.max(...upper));
  });

  it('is darker behind round lips than behind wide ones', async () => {
    const brightest = async (pose: Pose) => Math.max(...(await acrossTheGap(pose)));
    expect(await brightest({ jawOpen: 0.2, mouthPucker: 0.6, mouthFunnel: 0.3 })).toBeLessThan(
      0.6 * (await brightest({ jawOpen: 0.2 })),
    );
  });

  it('shows the edge of the upper teeth in f, not the gaps at their necks', async () => {
    const picture = createI420(SIZE, SIZE);
    const frame = poseFrame(VISEMES.FF);
    await renderer.prepare(rig, squareFormat(SIZE)).draw(frame, picture);
    const points = landmarksAt(rig, frame);
    const row = Math.round(((points[3 * 13 + 1] + points[3 * 14 + 1]) / 2) * SIZE);
    const [from, to] = [81, 311].map((i) => Math.round(points[3 * i] * SIZE));
    const luma = Array.from({ length: to - from }, (_, k) => picture.data[row * SIZE + from + k] - 16);
    expect(Math.min(...luma)).toBeGreaterThan(0.55 * Math.max(...luma));
  });

  it('has a tongue in its lower half when it opens wide', async () => {
    const rows = await acrossTheGap({ jawOpen: 0.6 });
    const middle = rows.slice(Math.round(0.55 * rows.length), Math.round(0.75 * rows.length));
    expect(Math.min(...middle)).toBeGreaterThan(0.3 * Math.max(...rows));
  });
});
