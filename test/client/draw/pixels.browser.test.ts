import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DrawingWorker as Worker } from '../../../src/client/draw/drawing-worker.ts';
import { KEEP } from '../../../src/contract/backdrop.ts';
import { CHANNEL, MOTION_SIZE, type MotionChannel } from '../../../src/contract/motion-frame.ts';
import { createI420 } from '../../../src/image/i420.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import type { Renderer, Rig } from '../../../src/render/renderer.ts';
import { WARP } from '../../../src/render/warp/warp.ts';
import { openWarp, warpRig } from '../../render/warp/support.ts';
import { launchBrowser } from '../../support/browser.ts';
import { ourPortrait } from '../../support/portraits.ts';
import { openModulePage } from '../support/module-page.ts';

const SEED = 7;
const MOMENTS: Partial<Record<MotionChannel, number>>[] = [
  {},
  { jawOpen: 0.6, mouthFunnel: 0.3, headYaw: 0.2 },
  { eyeBlinkLeft: 1, eyeBlinkRight: 1, mouthSmileLeft: 0.7, mouthSmileRight: 0.7, headPitch: -0.12 },
  { eyeLookOutLeft: 0.5, eyeLookInRight: 0.5, browInnerUp: 0.8, headRoll: 0.15, distance: 0.05 },
];
const frames = MOMENTS.map((moment) => {
  const frame = new Float32Array(MOTION_SIZE);
  for (const [name, value] of Object.entries(moment)) frame[CHANNEL[name as MotionChannel]] = value;
  return frame;
});

let browser: Browser;
let renderer: Renderer;
let rig: Rig;
let kit: Uint8Array;

beforeAll(async () => {
  const made = await Promise.all([
    launchBrowser(),
    openWarp(),
    warpRig(await ourPortrait()),
    loadPack(BUILTIN_PACK),
  ]);
  [browser, renderer, rig] = made;
  kit = await WARP.drawingKit(rig, made[3]);
}, 120_000);
afterAll(() => browser?.close());

test.each([
  ['square, as the portrait has it', { width: 512, height: 512, fit: 'portrait' }, KEEP],
  ['wide, beyond its edges, with a matte', { width: 640, height: 352, fit: 'shoulders' }, { kind: 'matte' }],
] as const)(
  'a worker draws the pixels of the server: %s',
  async (_, format, backdrop) => {
    const avatar = renderer.prepare(rig, format, backdrop);
    const height = format.height * (backdrop.kind === 'matte' ? 2 : 1);
    const expected: Uint8Array[] = [];
    for (const [i, frame] of frames.entries()) {
      const picture = createI420(format.width, height);
      await avatar.draw(frame, picture, { mediaTimeMs: 40 * i, seed: SEED });
      expected.push(picture.data);
    }
    const page = await openModulePage(
      browser,
      'http://localhost',
      new URL('../../../src/client/draw/drawing-worker.ts', import.meta.url),
      { kit, expected: Buffer.concat(expected) },
    );
    try {
      const worst = await differences(page, { format, backdrop, seed: SEED });
      expect(worst).toHaveLength(frames.length);
      expect(Math.max(...worst)).toBeLessThanOrEqual(1);
    } finally {
      await page.close();
    }
  },
  60_000,
);

/** By how many levels a sample of each picture differs at most. */
function differences(page: Page, opening: object): Promise<number[]> {
  return page.evaluate(
    async ({ opening, frames }) => {
      const { DrawingWorker } = (globalThis as unknown as { sdk: { DrawingWorker: typeof Worker } }).sdk;
      const bytes = async (name: string) =>
        new Uint8Array(await (await fetch(`/test-files/${name}`)).arrayBuffer());
      const [kit, expected] = await Promise.all([bytes('kit'), bytes('expected')]);
      const worst: number[] = [];
      const all = Promise.withResolvers<void>();
      const drawing = await DrawingWorker.open({ kit, ...opening } as never, {
        picture: async ({ image }) => {
          const drawn = new Uint8Array(expected.length / frames.length);
          await (image as VideoFrame).copyTo(drawn);
          image.close();
          const at = worst.length * drawn.length;
          worst.push(drawn.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[at + i])), 0));
          if (worst.length === frames.length) all.resolve();
          else draw(worst.length);
        },
        missed: () => all.reject(new Error('left out')),
        failed: (error) => all.reject(error),
      });
      const draw = (i: number) =>
        drawing.draw(Float32Array.from(frames[i]), { mediaTimeMs: 40 * i, epoch: 0 });
      draw(0);
      await all.promise;
      drawing.close();
      return worst;
    },
    { opening, frames: frames.map((frame) => [...frame]) },
  );
}
