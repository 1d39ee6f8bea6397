import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { squareFormat } from '../../../src/contract/formats.ts';
import { createI420 } from '../../../src/image/i420.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';
import { landmarksAt } from '../../../src/render/warp/head/landmarks.ts';
import type { Rig } from '../../../src/render/warp/rig.ts';
import { renderContactSheet } from '../../../src/render/warp/sheet/contact-sheet.ts';
import { contactSheetPoses, type Pose, poseFrame } from '../../../src/render/warp/sheet/poses.ts';
import { WarpRenderer } from '../../../src/render/warp/warp-renderer.ts';
import { ourPortrait } from '../../support/portraits.ts';
import { openWarp, openWarpWithGraph, warpRig } from './support.ts';

const SIZE = 256;
let rig: Rig;
let renderer: WarpRenderer;

beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
  renderer = await openWarp();
}, 90_000);
afterAll(() => renderer.close());

async function draw(pose: Pose, size = SIZE): Promise<Uint8Array> {
  const picture = createI420(size, size);
  await renderer.prepare(rig, squareFormat(size)).draw(poseFrame(pose), picture);
  return picture.data;
}

/** Luma differences above `threshold` as [x, y] in fractions of the picture. */
function changes(a: Uint8Array, b: Uint8Array, threshold = 12): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i < SIZE * SIZE; i++) {
    if (Math.abs(a[i] - b[i]) > threshold) found.push([(i % SIZE) / SIZE, Math.floor(i / SIZE) / SIZE]);
  }
  return found;
}

/** Mean luma over a disc around a landmark. */
function lumaAround(data: Uint8Array, frame: Float32Array, point: number, radius: number): number {
  const landmarks = landmarksAt(rig, frame);
  const [cx, cy] = [landmarks[3 * point] * SIZE, landmarks[3 * point + 1] * SIZE];
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(cy - radius); y <= cy + radius; y++) {
    for (let x = Math.floor(cx - radius); x <= cx + radius; x++) {
      sum += data[y * SIZE + x];
      count++;
    }
  }
  return sum / count;
}

describe('WarpRenderer', () => {
  it('shows the portrait itself at rest', async () => {
    const rest = await draw({});
    const half = rig.size / SIZE;
    let error = 0;
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        let sum = 0;
        for (let k = 0; k < half * half; k++) {
          const i = (y * half + Math.floor(k / half)) * rig.size + x * half + (k % half);
          const alpha = rig.matte[i] / 255;
          sum += alpha * rig.person.y[i] + (1 - alpha) * rig.background.y[i];
        }
        error += (sum / (half * half) - rest[y * SIZE + x]) ** 2;
      }
    }
    // PSNR ≥ 32 dB: only the relaxed lips may differ.
    expect(10 * Math.log10((255 * 255 * SIZE * SIZE) / error)).toBeGreaterThan(32);
  });

  it('draws the same frame the same way', async () => {
    const pose = { jawOpen: 0.5, headYaw: 0.2, eyeBlinkLeft: 0.6 };
    expect(await draw(pose)).toEqual(await draw(pose));
  });

  it('draws the same on the processor as with the graph', async () => {
    const graph = await openWarpWithGraph();
    for (const pose of [
      { jawOpen: 0.5, headYaw: 0.2 },
      { headRoll: -0.2, distance: -0.2 },
      { headPitch: 0.15 },
    ]) {
      const picture = createI420(SIZE, SIZE);
      await graph.prepare(rig, squareFormat(SIZE)).draw(poseFrame(pose), picture);
      const own = await draw(pose);
      const far = own.filter((value, i) => Math.abs(value - picture.data[i]) > 1).length;
      expect(far).toBeLessThan(own.length / 2000);
    }
    await graph.close();
  });

  it('opens the mouth and changes nothing but the lower face', async () => {
    const rest = await draw({});
    const open = await draw({ jawOpen: 0.6 });
    const changed = changes(rest, open);
    expect(changed.length).toBeGreaterThan(50);
    const landmarks = landmarksAt(rig, poseFrame({}));
    // The cheeks are drawn down a little, up to the eyes; brows and forehead are not.
    const brows = landmarks[3 * 105 + 1];
    for (const [, y] of changed) expect(y).toBeGreaterThan(brows);
    // Between the lips it is darker than the closed lips are.
    const frame = poseFrame({ jawOpen: 0.6 });
    expect(lumaAround(open, frame, 13, 4)).toBeLessThan(lumaAround(rest, poseFrame({}), 13, 4));
  });

  it('leaves the background where it is when the head turns', async () => {
    const rest = await draw({});
    const turned = await draw({ headYaw: 0.25, headPitch: 0.1, headRoll: 0.15 });
    const step = rig.size / SIZE;
    // Person within 14 % of the picture: the head may come there.
    const reach = Math.round(0.14 * rig.size);
    const nearPerson = (x: number, y: number) => {
      for (let dy = -reach; dy <= reach; dy += step) {
        for (let dx = -reach; dx <= reach; dx += step) {
          const [px, py] = [x * step + dx, y * step + dy];
          if (px >= 0 && py >= 0 && px < rig.size && py < rig.size && rig.matte[py * rig.size + px] > 0)
            return true;
        }
      }
      return false;
    };
    let checked = 0;
    for (let y = 0; y < SIZE; y += 4) {
      for (let x = 0; x < SIZE; x += 4) {
        if (nearPerson(x, y)) continue;
        checked++;
        // The two paths round differently by at most one level.
        expect(Math.abs(turned[y * SIZE + x] - rest[y * SIZE + x])).toBeLessThanOrEqual(1);
      }
    }
    expect(checked).toBeGreaterThan(50);
    expect(changes(rest, turned).length).toBeGreaterThan(1000);
  });

  it('covers the eye when it blinks', async () => {
    // The dark pupil is gone: the middle of the eye is as bright as skin.
    const shut = { eyeBlinkLeft: 1, eyeBlinkRight: 1 };
    const open = await draw({});
    const closed = await draw(shut);
    for (const iris of [468, 473]) {
      expect(lumaAround(closed, poseFrame({}), iris, 1)).toBeGreaterThan(
        lumaAround(open, poseFrame({}), iris, 1),
      );
    }
  });

  it('moves the brows less behind glasses', () => {
    const withGlasses = { ...rig, limits: { ...rig.limits, glasses: 1 } };
    const lift = (of: Rig) => {
      const at = (pose: Pose) => landmarksAt(of, poseFrame(pose))[3 * 105 + 1];
      return at({}) - at({ browInnerUp: 1, browOuterUpRight: 1 });
    };
    expect(lift(rig)).toBeGreaterThan(0.01);
    expect(lift(withGlasses)).toBeLessThan(0.25 * lift(rig));
    expect(lift(withGlasses)).toBeGreaterThan(0);
  });

  it.each([256, 512, 768, 1024])('renders at %i pixels', { timeout: 60_000 }, async (size) => {
    const data = await draw({ jawOpen: 0.4, headYaw: 0.2 }, size);
    const mean = data.subarray(0, size * size).reduce((sum, value) => sum + value, 0) / size ** 2;
    expect(mean).toBeGreaterThan(25);
    expect(mean).toBeLessThan(230);
  });

  it.each([0, 255, 500, 1088])('refuses a size of %i', (size) => {
    const prepare = () => renderer.prepare(rig, squareFormat(size));
    expect(prepare).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('refuses a picture of another size', async () => {
    const avatar = renderer.prepare(rig, squareFormat(256));
    await expect(avatar.draw(poseFrame({}), createI420(512, 512))).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('says so when the graph or the atlas is missing', async () => {
    const pack = await loadPack(BUILTIN_PACK);
    const nowhere = fileURLToPath(new URL('nowhere/render.onnx', import.meta.url));
    const withoutGraph = { ...pack, graphFiles: { ...pack.graphFiles, render: nowhere } };
    const withoutAtlas = { ...pack, files: { ...pack.files, mouthAtlas: nowhere } };
    const loader = await GraphLoader.choose('cpu', pack.graphFiles.render);
    const drawing = { drawsPictures: true, open: loader.open.bind(loader) };
    for (const missing of [withoutGraph, withoutAtlas]) {
      const opening = WarpRenderer.open(missing, drawing);
      await expect(opening).rejects.toMatchObject({ code: 'pack_invalid' });
    }
  });

  it('survives frames far outside their range', async () => {
    const wild = new Float32Array(58).fill(3);
    const picture = createI420(SIZE, SIZE);
    await renderer.prepare(rig, squareFormat(SIZE)).draw(wild, picture);
    expect(new Set(picture.data).size).toBeGreaterThan(10);
  });

  it('draws a labelled contact sheet of every pose', { timeout: 120_000 }, async () => {
    const sheet = await sharp(await renderContactSheet(renderer, rig)).metadata();
    const rows = Math.ceil(contactSheetPoses().length / 8);
    expect(sheet).toMatchObject({ format: 'png', width: 8 * 256, height: rows * (256 + 18) });
  });
});
