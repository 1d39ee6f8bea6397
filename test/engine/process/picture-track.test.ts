import { readFile } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AvatarFactory } from '../../../src/avatar/avatar-factory.ts';
import { squareFormat } from '../../../src/contract/formats.ts';
import {
  type Packet,
  type PicturePacket,
  streamOf,
  usualVideo,
  type VideoPacket,
} from '../../../src/contract/outputs.ts';
import { DEFAULT_SETTINGS, type SessionSettings } from '../../../src/contract/session-settings.ts';
import { PictureTrack } from '../../../src/engine/process/picture-track.ts';
import { SessionMeter } from '../../../src/engine/process/session-meter.ts';
import type { I420 } from '../../../src/image/i420.ts';
import { VideoDecoder } from '../../../src/media/video-decoder.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';
import type { PreparedAvatar, Renderer, Rig } from '../../../src/render/renderer.ts';
import { rendererOf } from '../../../src/render/renderers.ts';
import { poseFrame } from '../../../src/render/warp/sheet/poses.ts';
import { firstGalleryPortrait } from '../../support/gallery.ts';
import { scaledPicture } from '../../support/scaled-picture.ts';
import { lumaPsnr } from '../../support/test-picture.ts';

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

const SETTINGS: SessionSettings = {
  ...DEFAULT_SETTINGS,
  avatarId: 'test',
  seed: 1,
  ...squareFormat(256),
};

/** A track, and one moment of it at a time: what comes of it by stream. */
function open(settings: SessionSettings, { drawWith = renderer, streams = [usual(settings)] } = {}) {
  let nowMs = 0;
  const warnings: string[] = [];
  const track = new PictureTrack({
    avatar: drawWith.prepare(rig, settings, settings.background),
    settings,
    meter: new SessionMeter('cpu'),
    now: () => nowMs,
    warn: (code, _, stream) => warnings.push(stream ? `${code} ${stream}` : code),
  });
  track.setStreams(streams);
  let index = 0;
  const moment = async (frame = poseFrame({})) => {
    track.followNetwork();
    const { step } = track;
    await track.draw(frame, { index, step, mediaTimeMs: 40 * index });
    const packets = track.encode(1, { mediaTimeMs: 40 * index, epoch: 0 }, () => undefined);
    index += step;
    nowMs += 40 * step;
    return new Map(packets.map((packet) => [packet.stream, packet]));
  };
  return { track, warnings, moment, wait: (ms: number) => (nowMs += ms) };
}

const usual = (settings: SessionSettings) => streamOf(usualVideo(settings));
const dataOf = (packets: Map<string, Packet>, key: string) => (packets.get(key) as VideoPacket).data;

it('draws smaller where the machine is busy, and sends smaller still where the network is slow', {
  timeout: 60_000,
}, async () => {
  const settings = { ...SETTINGS, ...squareFormat(512) };
  const { key } = usual(settings);
  const { track, moment, warnings, wait } = open(settings);
  const decoder = new VideoDecoder('h264');
  const frame = poseFrame({ jawOpen: 0.5, headYaw: 0.1 });
  const second = async () => {
    let last: I420 | undefined;
    const keys: boolean[] = [];
    for (let i = 0; i < 12; i++) {
      const packets = await moment(frame);
      last = decoder.decode(dataOf(packets, key));
      keys.push((packets.get(key) as VideoPacket).key);
    }
    expect(keys).toEqual([true, ...Array(11).fill(false)]);
    return last!;
  };
  const full = await second();
  track.setMachineRung(2);
  const drawnSmaller = await second();
  track.setBitrate(key, 60);
  const sentSmaller = await second();
  track.setBitrate(key, settings.bitrateKbps);
  track.setMachineRung(0);
  for (let i = 0; i < 4; i++) {
    wait(1000);
    track.followNetwork();
  }
  const restored = await second();
  track.close();
  decoder.close();
  expect([full, drawnSmaller, sentSmaller, restored].map(({ width }) => width)).toEqual([512, 384, 256, 512]);
  for (const small of [drawnSmaller, sentSmaller]) {
    const expected = scaledPicture(full, small.width, small.height);
    expect(lumaPsnr(small, expected)).toBeGreaterThan(28);
  }
  expect(lumaPsnr(restored, full)).toBeGreaterThan(38);
  expect(new Set(warnings)).toEqual(
    new Set(['size_reduced', `network_slow ${key}`, 'size_restored', `network_better ${key}`]),
  );
});

it('draws another background from the next picture on, also at another size', {
  timeout: 60_000,
}, async () => {
  const settings = { ...SETTINGS, ...squareFormat(512) };
  const { track, moment } = open(settings);
  const decoder = new VideoDecoder('h264');
  const corner = async () => {
    let last: I420 | undefined;
    for (let i = 0; i < 3; i++) last = decoder.decode(dataOf(await moment(), usual(settings).key));
    return last!.data[4 * last!.width + 4];
  };
  const kept = await corner();
  track.setBackground({ kind: 'colour', red: 255, green: 255, blue: 255 });
  expect(await corner()).toBeGreaterThan(228);
  track.setMachineRung(2);
  expect(await corner()).toBeGreaterThan(228);
  track.setBackground({ kind: 'keep' });
  expect(Math.abs((await corner()) - kept)).toBeLessThan(8);
  track.close();
  decoder.close();
});

it('draws each distinct format once, encodes each distinct video once, and gives raw pictures with their matte', {
  timeout: 60_000,
}, async () => {
  const draws: number[] = [];
  const counted = (avatar: PreparedAvatar): PreparedAvatar => ({
    format: avatar.format,
    drawsTogether: avatar.drawsTogether,
    setBackdrop: (backdrop) => avatar.setBackdrop(backdrop),
    inFormat: (format) => counted(avatar.inFormat(format)),
    draw: (...of) => {
      draws.push(avatar.format.width);
      return avatar.draw(...of);
    },
  });
  const counting = {
    ...renderer,
    prepare: (...of: Parameters<Renderer['prepare']>) => counted(renderer.prepare(...of)),
  };
  const small = usual(SETTINGS);
  const slow = { ...small, key: `${small.key}/second` };
  const large = streamOf({ ...usualVideo(SETTINGS), ...squareFormat(512) });
  const vp8 = streamOf({ ...usualVideo(SETTINGS), codec: 'vp8' });
  const raw = streamOf({ kind: 'picture', encoding: 'i420', ...squareFormat(256), matte: false });
  const file = streamOf({ kind: 'picture', encoding: 'jpeg', ...squareFormat(256), matte: false });
  const cut = streamOf({ kind: 'picture', encoding: 'i420', ...squareFormat(256), matte: true });
  const { track, moment } = open(SETTINGS, { drawWith: counting, streams: [small, slow, vp8, raw, file] });
  let made = await moment();
  expect(draws).toEqual([256]);
  expect([...made.keys()]).toEqual([small.key, slow.key, vp8.key, raw.key, file.key]);
  expect(track.encoders).toBe(3);
  const picture = made.get(raw.key) as PicturePacket;
  expect(picture).toMatchObject({ kind: 'picture', width: 256, height: 256 });
  expect(picture).not.toHaveProperty('matte');
  expect(picture.data).toHaveLength((256 * 256 * 3) / 2);
  expect(made.get(file.key)).toMatchObject({ kind: 'picture', width: 256, height: 256 });
  expect(Buffer.from(dataOf(made, file.key)).readUInt16BE()).toBe(0xffd8);
  const decoder = new VideoDecoder('h264');
  expect(lumaPsnr(decoder.decode(dataOf(made, small.key))!, picture)).toBeGreaterThan(32);
  decoder.close();

  track.setStreams([small, cut, large]);
  draws.length = 0;
  made = await moment();
  expect(draws.sort()).toEqual([256, 256, 512]);
  const person = made.get(cut.key) as PicturePacket;
  expect(person.matte).toHaveLength(256 * 256);
  const at = (x: number, y: number) => 256 * y + x;
  expect([person.matte![at(4, 4)], person.matte![at(128, 150)]]).toEqual([0, 255]);
  expect(person.data[at(4, 4)]).toBe(16);
  expect(Math.abs(person.data[at(128, 150)] - picture.data[at(128, 150)])).toBeLessThan(4);
  // Another background is none of the cut-out's business.
  track.setBackground({ kind: 'colour', red: 255, green: 255, blue: 255 });
  made = await moment();
  expect((made.get(cut.key) as PicturePacket).data[at(4, 4)]).toBe(16);
  const bytesLater = await Promise.all([dataOf(made, small.key)].map((data) => data.length));
  expect(bytesLater[0]).toBeGreaterThan(0);

  // Who comes back gets a new stream; the session's own goes on and is asked for a key frame.
  track.setStreams([]);
  expect([track.taken, track.encoders]).toEqual([false, 0]);
  track.setStreams([small, vp8]);
  track.requestKeyFrame(small.key);
  made = await moment();
  expect([...made.values()].map((packet) => packet.kind === 'video' && packet.key)).toEqual([true, true]);
  track.close();
});

it("begins with the bitrate that a stream comes with, the session's own video too", {
  timeout: 60_000,
}, async () => {
  const bytes = [];
  for (const bitrateKbps of [1500, 150]) {
    const stream = streamOf({ ...usualVideo(SETTINGS), bitrateKbps });
    const { track, moment } = open(SETTINGS, { streams: [stream] });
    let sum = 0;
    for (let i = 0; i < 25; i++) {
      const frame = poseFrame({ jawOpen: (i % 5) / 5, headYaw: (i % 7) / 20 });
      sum += dataOf(await moment(frame), stream.key).length;
    }
    bytes.push(sum);
    track.close();
  }
  expect(bytes[1]).toBeLessThan(0.4 * bytes[0]);
});

it('makes fewer pictures only for those whose network is slow', { timeout: 60_000 }, async () => {
  const fast = usual(SETTINGS);
  const slow = { ...fast, key: `${fast.key}/second` };
  const { track, moment, warnings } = open(SETTINGS, { streams: [fast, slow] });
  track.setBitrate(slow.key, 30);
  const counts = { fast: 0, slow: 0 };
  for (let i = 0; i < 20; i++) {
    const made = await moment();
    if (made.has(fast.key)) counts.fast++;
    if (made.has(slow.key)) counts.slow++;
  }
  expect(counts).toEqual({ fast: 20, slow: 10 });
  expect(warnings).toEqual([`network_slow ${slow.key}`]);
  track.close();
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
  const decoder = { graph: new VideoDecoder('h264'), processor: new VideoDecoder('h264') };
  const settings = { ...SETTINGS, bitrateKbps: 8000 };
  const { key } = usual(settings);
  const sessions = [{ kind: 'keep' } as const, { kind: 'colour', red: 0, green: 90, blue: 0 } as const].map(
    (background, i) => ({
      frame: poseFrame({ jawOpen: 0.3 + 0.4 * i, headYaw: 0.2 - 0.4 * i }),
      together: open({ ...settings, background }, { drawWith: withGraph }),
      alone: open({ ...settings, background }),
    }),
  );
  const drawn = await Promise.all(sessions.map(({ together, frame }) => together.moment(frame)));
  expect(runs).toEqual([2]);
  for (const [i, { together, alone, frame }] of sessions.entries()) {
    const picture = decoder.graph.decode(dataOf(drawn[i], key))!;
    const expected = decoder.processor.decode(dataOf(await alone.moment(frame), key))!;
    expect(lumaPsnr(picture, expected)).toBeGreaterThan(40);
    together.track.close();
    alone.track.close();
  }
  decoder.graph.close();
  decoder.processor.close();
  await withGraph.close();
});
