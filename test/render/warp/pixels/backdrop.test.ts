import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backdrop, describeBackdrop, KEEP, parseBackdrop } from '../../../../src/contract/backdrop.ts';
import { squareFormat } from '../../../../src/contract/formats.ts';
import { pictureBackdrop, readBackdrop } from '../../../../src/image/backdrop-picture.ts';
import { rgbToYuv } from '../../../../src/image/colour.ts';
import { createI420, type I420 } from '../../../../src/image/i420.ts';
import { atOnce } from '../../../../src/in-pieces.ts';
import { frameHead } from '../../../../src/render/warp/head/framing.ts';
import { personTexture } from '../../../../src/render/warp/pixels/person-texture.ts';
import { makeScene } from '../../../../src/render/warp/pixels/scene.ts';
import { type Pose, poseFrame } from '../../../../src/render/warp/sheet/poses.ts';
import type { WarpAvatar } from '../../../../src/render/warp/warp-avatar.ts';
import type { WarpRenderer } from '../../../../src/render/warp/warp-renderer.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { openWarp, openWarpWithGraph, warpRig } from '../support.ts';

const SIZE = 256;
const PIXELS = SIZE * SIZE;
const POSE: Pose = { headYaw: 0.2, headRoll: 0.15, jawOpen: 0.4, eyeBlinkLeft: 0.5 };
const AT_ONCE = { run: <Result>(work: () => Promise<Result>) => work() };
let renderer: WarpRenderer;
let avatar: WarpAvatar;

beforeAll(async () => {
  const rig = await warpRig(await ourPortrait());
  renderer = await openWarp();
  avatar = renderer.prepare(rig, squareFormat(SIZE));
}, 90_000);
afterAll(() => renderer.close());

async function draw(backdrop: Backdrop, pose = POSE, draws = avatar): Promise<I420> {
  const picture = createI420(SIZE, backdrop.kind === 'matte' ? 2 * SIZE : SIZE);
  draws.setBackdrop(backdrop);
  await draws.draw(poseFrame(pose), picture);
  return picture;
}

function backgroundLuma(backdrop: Backdrop): Uint8Array {
  const framing = frameHead(avatar.rig, avatar.format);
  const person = atOnce(personTexture(avatar.rig, framing));
  return atOnce(makeScene(avatar.rig, person, framing, backdrop)).background.luma;
}

/** Y, U, V in the upper left corner, where nobody is. */
function cornerOf({ width, height, data }: I420): number[] {
  const at = 4 * width + 4;
  const chroma = width * height + 2 * (width / 2) + 2;
  return [data[at], data[chroma], data[chroma + (width * height) / 4]];
}

describe('backdrop', () => {
  it('is a colour behind an unchanged person', async () => {
    const keep = await draw({ kind: 'keep' });
    const green = await draw({ kind: 'colour', red: 10, green: 200, blue: 60 });
    const expected = rgbToYuv(10, 200, 60);
    cornerOf(green).forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(1);
    });
    const { data: matte } = await draw({ kind: 'matte' });
    let inside = 0;
    for (let i = 0; i < PIXELS; i++) {
      if (matte[PIXELS + i] < 235) continue;
      inside++;
      expect(Math.abs(green.data[i] - keep.data[i])).toBeLessThanOrEqual(1);
    }
    expect(inside).toBeGreaterThan(0.2 * PIXELS);
  });

  it('is a picture, filling the square', async () => {
    const file = await sharp({ create: { width: 300, height: 120, channels: 3, background: '#c02020' } })
      .png()
      .toBuffer();
    const picture = await draw(await pictureBackdrop(file));
    const expected = rgbToYuv(192, 32, 32);
    cornerOf(picture).forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(1);
    });
    await expect(pictureBackdrop(Buffer.from('no picture'))).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('is the own background out of focus', async () => {
    const roughness = ({ data }: I420) => {
      let sum = 0;
      for (let y = 0; y < 40; y++) {
        for (let x = 1; x < 40; x++) sum += (data[y * SIZE + x] - data[y * SIZE + x - 1]) ** 2;
      }
      return sum;
    };
    const [blurred, luma] = [backgroundLuma({ kind: 'blur' }), backgroundLuma(KEEP)];
    const mean = (plane: Uint8Array) => plane.reduce((sum, value) => sum + value, 0) / plane.length;
    expect(mean(blurred)).toBeCloseTo(mean(luma), -0.5);
    expect(roughness(await draw({ kind: 'blur' }))).toBeLessThan(roughness(await draw({ kind: 'keep' })));
  });

  it.each([{}, POSE])('is a matte that puts the person on anything: %j', async (pose) => {
    const { data: stacked, height } = await draw({ kind: 'matte' }, pose);
    expect(height).toBe(2 * SIZE);
    const keep = await draw({ kind: 'keep' }, pose);
    const luma = backgroundLuma(KEEP);
    for (let i = 0; i < PIXELS; i++) {
      const matte = (stacked[PIXELS + i] - 16) / 219;
      const composed = stacked[i] + (1 - matte) * (luma[i] - 16);
      expect(Math.abs(composed - keep.data[i])).toBeLessThan(3);
    }
    // No colour beside the person and in the matte.
    const chroma = 2 * PIXELS;
    expect([stacked[chroma], stacked[chroma + PIXELS / 4]]).toEqual([128, 128]);
  });

  it('is the same with the graph', async () => {
    const graph = await openWarpWithGraph();
    const withGraph = graph.prepare(avatar.rig, squareFormat(SIZE));
    for (const backdrop of [{ kind: 'matte' }, { kind: 'colour', red: 90, green: 9, blue: 9 }] as const) {
      const own = await draw(backdrop);
      const other = await draw(backdrop, POSE, withGraph);
      const far = own.data.filter((value, i) => Math.abs(value - other.data[i]) > 1).length;
      expect(far).toBeLessThan(own.data.length / 2000);
    }
    await graph.close();
  });

  it('is refused with a picture of the wrong height', async () => {
    avatar.setBackdrop({ kind: 'matte' });
    await expect(avatar.draw(poseFrame({}), createI420(SIZE, SIZE))).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('is read from text', () => {
    expect(parseBackdrop('blur')).toEqual({ kind: 'blur' });
    expect(parseBackdrop('#10Ff00')).toEqual({ kind: 'colour', red: 16, green: 255, blue: 0 });
    expect(parseBackdrop('#10ff0')).toEqual({ kind: 'file', file: '#10ff0' });
  });

  it('is read from a request, where a file would be one of the server', async () => {
    for (const text of ['keep', 'blur', 'matte', '#10ff00']) {
      expect(describeBackdrop(await readBackdrop(text, AT_ONCE))).toBe(text);
    }
    const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#c02020' } })
      .png()
      .toBuffer();
    const picture = await readBackdrop(`data:image/png;base64,${png.toString('base64')}`, AT_ONCE);
    expect(describeBackdrop(picture)).toBe('picture');
    for (const text of ['/etc/hostname', 'data:text/plain;base64,AAAA', 'data:image/png;base64,AAAA', '']) {
      await expect(readBackdrop(text, AT_ONCE)).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });
});
