import { readFile } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AvatarFactory } from '../../../src/avatar/avatar-factory.ts';
import { squareFormat } from '../../../src/contract/formats.ts';
import { DEFAULT_SETTINGS, type SessionSettings } from '../../../src/contract/session-settings.ts';
import { PictureTrack } from '../../../src/engine/process/picture-track.ts';
import { SessionMeter } from '../../../src/engine/process/session-meter.ts';
import type { I420 } from '../../../src/image/i420.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';
import type { Renderer, Rig } from '../../../src/render/renderer.ts';
import { rendererOf } from '../../../src/render/renderers.ts';
import { poseFrame } from '../../../src/render/warp/sheet/poses.ts';
import { firstGalleryPortrait } from '../../support/gallery.ts';
import { scaledPicture } from '../../support/scaled-picture.ts';
import { lumaPsnr } from '../../support/test-picture.ts';
import { TestVideoDecoder } from '../../support/video-decoder.ts';

let rig: Rig;
let renderer: Renderer;
beforeAll(async () => {
  const factory = await AvatarFactory.create();
  ({ rig } = await factory.analyse(await readFile(firstGalleryPortrait())));
  await factory.close();
  const pack = await loadPack(BUILTIN_PACK);
  const loader = await GraphLoader.choose('cpu', pack.graphFiles.render);
  renderer = await rendererOf(pack).openRenderer(pack, loader);
}, 120_000);
afterAll(() => renderer?.close());

const open = (settings: SessionSettings, drawWith = renderer) =>
  new PictureTrack({
    avatar: drawWith.prepare(rig, settings, settings.background),
    settings,
    meter: new SessionMeter('cpu'),
    now: () => performance.now(),
  });

it('draws smaller where the machine is busy, and sends smaller still where the network is slow', {
  timeout: 60_000,
}, async () => {
  const settings = { ...DEFAULT_SETTINGS, avatarId: 'test', seed: 1, ...squareFormat(512) };
  const track = open(settings);
  const decoder = new TestVideoDecoder('h264');
  const frame = poseFrame({ jawOpen: 0.5, headYaw: 0.1 });
  const second = async () => {
    let last: I420 | undefined;
    const keys: boolean[] = [];
    for (let i = 0; i < 12; i++) {
      await track.draw(frame, 0);
      const { data, key } = track.encode(0);
      last = decoder.decode(data);
      keys.push(key);
    }
    expect(keys).toEqual([true, ...Array(11).fill(false)]);
    return last!;
  };
  const full = await second();
  track.setFormat({ width: 384, height: 384, step: 2 }, squareFormat(384));
  const drawnSmaller = await second();
  track.setFormat({ width: 256, height: 256, step: 2 }, squareFormat(384));
  const sentSmaller = await second();
  track.setFormat({ width: 512, height: 512, step: 1 }, squareFormat(512));
  const restored = await second();
  track.close();
  decoder.close();
  expect([full, drawnSmaller, sentSmaller, restored].map(({ width }) => width)).toEqual([512, 384, 256, 512]);
  for (const small of [drawnSmaller, sentSmaller]) {
    const expected = scaledPicture(full, small.width, small.height);
    expect(lumaPsnr(small, expected)).toBeGreaterThan(28);
  }
  expect(lumaPsnr(restored, full)).toBeGreaterThan(38);
});

it('draws another background from the next picture on, also at another size', {
  timeout: 60_000,
}, async () => {
  const track = open({ ...DEFAULT_SETTINGS, avatarId: 'test', seed: 1, ...squareFormat(256) });
  const decoder = new TestVideoDecoder('h264');
  const frame = poseFrame({});
  const corner = async () => {
    let last: I420 | undefined;
    for (let i = 0; i < 3; i++) {
      await track.draw(frame, 0);
      last = decoder.decode(track.encode(0).data);
    }
    return last!.data[4 * last!.width + 4];
  };
  const kept = await corner();
  track.setBackground({ kind: 'colour', red: 255, green: 255, blue: 255 });
  expect(await corner()).toBeGreaterThan(228);
  track.setFormat({ width: 384, height: 384, step: 1 }, squareFormat(384));
  expect(await corner()).toBeGreaterThan(228);
  track.setBackground({ kind: 'keep' });
  expect(Math.abs((await corner()) - kept)).toBeLessThan(8);
  track.close();
  decoder.close();
});

it('draws the pictures of several sessions in one run of the graph, as the processor draws each', {
  timeout: 60_000,
}, async () => {
  const pack = await loadPack(BUILTIN_PACK);
  const loader = await GraphLoader.choose('cpu', pack.graphFiles.render);
  const runs: number[] = [];
  const withGraph = await rendererOf(pack).openRenderer(pack, {
    drawsPictures: true,
    open: async (...options) => {
      const session = await loader.open(...options);
      const run = session.run.bind(session);
      session.run = (feeds: InferenceSession.FeedsType) => {
        runs.push(feeds.map.dims[0]);
        return run(feeds);
      };
      return session;
    },
  });
  const decoder = { graph: new TestVideoDecoder('h264'), processor: new TestVideoDecoder('h264') };
  const settings = {
    ...DEFAULT_SETTINGS,
    avatarId: 'test',
    seed: 1,
    ...squareFormat(256),
    bitrateKbps: 8000,
  };
  const sessions = [{ kind: 'keep' } as const, { kind: 'colour', red: 0, green: 90, blue: 0 } as const].map(
    (background, i) => ({
      frame: poseFrame({ jawOpen: 0.3 + 0.4 * i, headYaw: 0.2 - 0.4 * i }),
      track: open({ ...settings, background }, withGraph),
      alone: open({ ...settings, background }),
    }),
  );
  await Promise.all(sessions.map(({ track, frame }) => track.draw(frame, 0)));
  expect(runs).toEqual([2]);
  for (const { track, alone, frame } of sessions) {
    await alone.draw(frame, 0);
    const together = decoder.graph.decode(track.encode(0).data)!;
    const expected = decoder.processor.decode(alone.encode(0).data)!;
    expect(lumaPsnr(together, expected)).toBeGreaterThan(40);
    track.close();
    alone.close();
  }
  decoder.graph.close();
  decoder.processor.close();
  await withGraph.close();
});
