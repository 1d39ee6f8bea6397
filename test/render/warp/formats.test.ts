/** Pictures that are no squares, and closer ones. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backdrop, KEEP, stackedHeight } from '../../../src/contract/backdrop.ts';
import { FITS, type PictureFormat, squareFormat } from '../../../src/contract/formats.ts';
import { rgbToYuv } from '../../../src/image/colour.ts';
import { createI420, type I420 } from '../../../src/image/i420.ts';
import { frameHead } from '../../../src/render/warp/head/framing.ts';
import type { Rig } from '../../../src/render/warp/rig.ts';
import { type Pose, poseFrame } from '../../../src/render/warp/sheet/poses.ts';
import type { WarpRenderer } from '../../../src/render/warp/warp-renderer.ts';
import { ourPortrait } from '../../support/portraits.ts';
import { openWarp, openWarpWithGraph, warpRig } from './support.ts';

const WIDE = { width: 512, height: 288, fit: 'portrait' } as const;
const TALL = { width: 288, height: 512, fit: 'shoulders' } as const;
const TURNED: Pose = { headYaw: 0.3, headRoll: 0.1, jawOpen: 0.4, eyeBlinkLeft: 0.6, distance: -0.15 };
const NIGHT: Backdrop = { kind: 'colour', red: 0, green: 0, blue: 80 };

let rig: Rig;
let renderer: WarpRenderer;
let withGraph: WarpRenderer;
beforeAll(async () => {
  [rig, renderer, withGraph] = [
    await warpRig(await ourPortrait()),
    await openWarp(),
    await openWarpWithGraph(),
  ];
}, 90_000);
afterAll(() => Promise.all([renderer.close(), withGraph.close()]));

async function draw(format: PictureFormat, pose: Pose, backdrop = KEEP, drawWith = renderer): Promise<I420> {
  const picture = createI420(format.width, stackedHeight(format.height, backdrop));
  await drawWith.prepare(rig, format, backdrop).draw(poseFrame(pose), picture);
  return picture;
}

/** Share of luma values that differ by more than two. */
function differing(a: I420, b: I420): number {
  const pixels = a.width * a.height;
  let count = 0;
  for (let i = 0; i < pixels; i++) if (Math.abs(a.data[i] - b.data[i]) > 2) count++;
  return count / pixels;
}

describe.each([WIDE, TALL])('pictures of %j', (format) => {
  it.each(FITS)('stand before a colour with fit %s', async (fit) => {
    const { data, width, height } = await draw({ ...format, fit }, TURNED, NIGHT);
    const expected = rgbToYuv(0, 0, 80)[0];
    for (const corner of [0, width - 1])
      expect(Math.abs(data[2 * width + corner] - expected)).toBeLessThan(2);
    const middle = data[Math.floor(height / 2) * width + width / 2];
    expect(Math.abs(middle - expected)).toBeGreaterThan(10);
  });

  it('have their matte below', async () => {
    const { width, height } = format;
    const { data } = await draw(format, TURNED, { kind: 'matte' });
    expect(data[width * height + 2 * width]).toBe(16);
    expect(data[width * height + Math.floor(height / 2) * width + width / 2]).toBe(235);
  });

  it('show as much of a picture behind as has their shape', async () => {
    const side = 300;
    const halves = new Uint8Array(3 * side * side).map((_, i) => (i < 1.5 * side * side ? 200 : 20));
    const { data, width, height } = await draw(
      format,
      {},
      {
        kind: 'picture',
        picture: { width: side, height: side, data: halves },
      },
    );
    expect(data[2 * width + 2]).toBeGreaterThan(150);
    expect(data[(height - 3) * width + 1]).toBeLessThan(width > height ? 60 : 256);
  });

  it('are the same with the graph', async () => {
    for (const backdrop of [KEEP, { kind: 'matte' } as const]) {
      const own = await draw(format, TURNED, backdrop);
      expect(differing(own, await draw(format, TURNED, backdrop, withGraph))).toBeLessThan(0.002);
    }
  });
});

it('shows in the middle of a wide picture what a square one shows', async () => {
  const square = await draw(squareFormat(288), TURNED);
  const wide = await draw(WIDE, TURNED);
  const from = -frameHead(rig, WIDE).x;
  const middle = createI420(288, 288);
  for (let y = 0; y < 288; y++) {
    const start = y * WIDE.width + from;
    middle.data.set(wide.data.subarray(start, start + 288), y * 288);
  }
  expect(differing(square, middle)).toBeLessThan(0.01);
});

it.each([
  { width: 1920, height: 1080, fit: 'head' },
  { width: 1080, height: 1920, fit: 'portrait' },
] as const)('draws the largest pictures: %j', { timeout: 60_000 }, async (format) => {
  const { data } = await draw(format, TURNED);
  expect(new Set(data).size).toBeGreaterThan(100);
});

it('refuses what is no format', () => {
  expect(() => renderer.prepare(rig, { width: 1000, height: 512, fit: 'head' })).toThrow(
    expect.objectContaining({ code: 'invalid_request' }),
  );
});
