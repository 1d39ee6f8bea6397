/** What every renderer has to do, whatever it draws with. */
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backdrop, KEEP } from '../../src/contract/backdrop.ts';
import { squareFormat } from '../../src/contract/formats.ts';
import { MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { measuresSchema } from '../../src/contract/portrait-quality.ts';
import { LANDMARK_COUNT } from '../../src/face/topology.ts';
import { rgbToYuv } from '../../src/image/colour.ts';
import { createI420, type I420 } from '../../src/image/i420.ts';
import { atOnce } from '../../src/in-pieces.ts';
import { BUILTIN_PACK, loadPack, type ModelPack } from '../../src/model/pack.ts';
import { GraphLoader } from '../../src/model/providers.ts';
import type {
  Analysis,
  Moment,
  PortraitAnalyser,
  Renderer,
  RendererKind,
} from '../../src/render/renderer.ts';
import { rigKey } from '../../src/render/rig-key.ts';
import { poseFrame } from '../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../support/portraits.ts';

const SLOW_MS = 90_000;
const SIZE = 256;
const PIXELS = SIZE * SIZE;
/** Processor time that `prepare` may take: it measures nothing, and sessions show a picture within 200 ms. */
const MOST_PREPARE_MS = 120;

export function describeRenderer(kind: RendererKind): void {
  describe(`${kind.name}, as any renderer`, () => {
    let pack: ModelPack;
    let portrait: Uint8Array;
    let analyser: PortraitAnalyser;
    let analysis: Analysis;
    let renderer: Renderer;
    beforeAll(async () => {
      pack = await loadPack(BUILTIN_PACK);
      portrait = await ourPortrait();
      analyser = await kind.openAnalyser(pack);
      analysis = await analyser.analyse(portrait);
      renderer = await kind.openRenderer(pack, await GraphLoader.choose('cpu', pack.graphFiles.render));
      await renderer.warmUp();
    }, SLOW_MS);
    afterAll(async () => {
      await renderer.close();
      await analyser.close();
    });

    async function draw(
      pose = {},
      { backdrop = KEEP, moment, size = SIZE }: { backdrop?: Backdrop; moment?: Moment; size?: number } = {},
    ): Promise<I420> {
      const picture = createI420(size, backdrop.kind === 'matte' ? 2 * size : size);
      await renderer
        .prepare(analysis.rig, squareFormat(size), backdrop)
        .draw(poseFrame(pose), picture, moment);
      return picture;
    }
    const difference = (a: I420, b: I420) =>
      a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;

    it('analyses a portrait once for all: the same bytes, the same rig', { timeout: SLOW_MS }, async () => {
      expect(analysis.rig).toMatchObject({ renderer: kind.name, key: rigKey(kind, pack) });
      expect(kind.isWhole(analysis.rig)).toBe(true);
      expect(measuresSchema.parse(analysis.measures)).toEqual(analysis.measures);
      expect(analysis.faceHeight).toBeGreaterThan(0.2);
      const { width, height, data } = analysis.view;
      expect(data).toHaveLength(3 * width * height);
      expect(await analyser.analyse(portrait)).toEqual(analysis);
    });

    it('refuses what is no portrait with a code', { timeout: SLOW_MS }, async () => {
      const grey = { create: { width: 300, height: 300, channels: 3 as const, background: '#808080' } };
      const empty = await sharp(grey).png().toBuffer();
      await expect(analyser.analyse(empty)).rejects.toMatchObject({ code: 'portrait_no_face' });
      const text = Buffer.from('text');
      await expect(analyser.analyse(text)).rejects.toMatchObject({ code: 'portrait_not_an_image' });
    });

    it('makes rigs of plain data, which draw the same after they were sent', async () => {
      const sent = structuredClone(analysis.rig);
      expect(sent).toEqual(analysis.rig);
      const picture = createI420(SIZE, SIZE);
      await renderer.prepare(sent, squareFormat(SIZE)).draw(poseFrame({ jawOpen: 0.4 }), picture);
      expect(picture.data).toEqual((await draw({ jawOpen: 0.4 })).data);
    });

    it('prepares in pieces what it prepares at once', async () => {
      const avatar = atOnce(renderer.preparing(analysis.rig, squareFormat(SIZE)));
      const picture = createI420(SIZE, SIZE);
      await avatar.draw(poseFrame({ jawOpen: 0.4 }), picture);
      expect(picture.data).toEqual((await draw({ jawOpen: 0.4 })).data);
    });

    it('is quick to prepare a rig', async () => {
      const times: number[] = [];
      for (let i = 0; i < 8; i++) {
        const before = process.cpuUsage();
        renderer.prepare(analysis.rig, squareFormat(512));
        const { user, system } = process.cpuUsage(before);
        times.push((user + system) / 1000);
      }
      expect(Math.min(...times)).toBeLessThan(MOST_PREPARE_MS);
    });

    it('opens the mouth, shuts the eyes and turns the head, and nothing else', async () => {
      const rest = await draw();
      expect(difference(await draw(), rest)).toBe(0);
      const moves = [{ jawOpen: 0.6 }, { eyeBlinkLeft: 1, eyeBlinkRight: 1 }, { headYaw: 0.2 }];
      for (const pose of moves) expect(difference(await draw(pose), rest)).toBeGreaterThan(0.05);
    });

    it('breathes by the moment alone', async () => {
      const at = (mediaTimeMs: number, seed = 1) => draw({}, { moment: { mediaTimeMs, seed } });
      const seconds = await Promise.all([0, 1000, 2000, 3000].map((ms) => at(ms)));
      expect(difference(await at(2000), seconds[2])).toBe(0);
      const moved = seconds.map((picture) => difference(picture, seconds[0]));
      expect(Math.max(...moved)).toBeGreaterThan(0.01);
      expect(
        difference(await at(0, 2), seconds[0]) + difference(await at(1000, 2), seconds[1]),
      ).toBeGreaterThan(0);
    });

    it('changes the backdrop from one picture to the next, and the format with it', async () => {
      const avatar = renderer.prepare(analysis.rig, squareFormat(SIZE));
      const [red, green, blue] = [10, 200, 60];
      const frame = poseFrame({});
      const expected = rgbToYuv(red, green, blue)[0];
      const corner = ({ data, width }: I420) => data[4 * width + 4];
      const picture = createI420(SIZE, SIZE);
      await avatar.draw(frame, picture);
      const kept = corner(picture);
      avatar.setBackdrop({ kind: 'colour', red, green, blue });
      await avatar.draw(frame, picture);
      expect(Math.abs(corner(picture) - expected)).toBeLessThanOrEqual(1);
      const larger = avatar.inFormat(squareFormat(384));
      const largePicture = createI420(384, 384);
      await larger.draw(frame, largePicture);
      expect(larger.format).toEqual(squareFormat(384));
      expect(Math.abs(corner(largePicture) - expected)).toBeLessThanOrEqual(1);
      avatar.setBackdrop(KEEP);
      await avatar.draw(frame, picture);
      expect(corner(picture)).toBe(kept);
    });

    it('puts the matte below the person on black', async () => {
      const { data } = await draw({}, { backdrop: { kind: 'matte' } });
      expect([data[4 * SIZE + 4], data[PIXELS + 4 * SIZE + 4]]).toEqual([16, 16]);
      const middle = (SIZE / 2) * SIZE + SIZE / 2;
      expect(data[PIXELS + middle]).toBe(235);
      expect(data[middle]).toBeGreaterThan(30);
    });

    it('refuses formats it cannot draw, pictures of another size and rigs of another renderer', async () => {
      const refused = expect.objectContaining({ code: 'invalid_request' });
      expect(() => renderer.prepare(analysis.rig, squareFormat(250))).toThrow(refused);
      const avatar = renderer.prepare(analysis.rig, squareFormat(SIZE));
      const drawing = avatar.draw(poseFrame({}), createI420(512, 512));
      await expect(drawing).rejects.toMatchObject({ code: 'invalid_request' });
      const foreign = { ...analysis.rig, renderer: 'another' };
      expect(() => renderer.prepare(foreign, squareFormat(SIZE))).toThrow(/of the renderer "another"/);
    });

    it('draws frames far outside their range', async () => {
      const wild = new Float32Array(MOTION_SIZE).fill(3);
      const picture = createI420(SIZE, SIZE);
      await renderer.prepare(analysis.rig, squareFormat(SIZE)).draw(wild, picture);
      expect(new Set(picture.data).size).toBeGreaterThan(10);
    });

    it('tells where it draws the landmarks', () => {
      const rest = kind.landmarksAt(analysis.rig, new Float32Array(MOTION_SIZE));
      expect(rest).toHaveLength(3 * LANDMARK_COUNT);
      const [nose, chin] = [1, 152];
      expect(rest[3 * nose]).toBeGreaterThan(0.3);
      expect(rest[3 * nose]).toBeLessThan(0.7);
      expect(rest[3 * chin + 1]).toBeGreaterThan(rest[3 * nose + 1]);
      const open = kind.landmarksAt(analysis.rig, poseFrame({ jawOpen: 0.6 }));
      expect(open[3 * chin + 1]).toBeGreaterThan(rest[3 * chin + 1] + 0.01);
    });
  });
}
