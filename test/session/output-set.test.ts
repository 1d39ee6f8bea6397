import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  MOTION,
  OPUS_VOICE,
  type Output,
  outputKey,
  PCM_VOICE,
  type Stream,
  type VideoOutput,
  type VideoPacket,
} from '../../src/contract/outputs.ts';
import { OutputSet } from '../../src/session/output-set.ts';

const VIDEO: VideoOutput = {
  kind: 'video',
  codec: 'h264',
  width: 512,
  height: 512,
  fit: 'portrait',
  bitrateKbps: 1500,
};
const RAW: Output = {
  kind: 'picture',
  encoding: 'i420',
  width: 512,
  height: 512,
  fit: 'portrait',
  matte: true,
};
const KEY = outputKey(VIDEO);

describe('OutputSet', () => {
  let streams: readonly Stream[];
  const calls: string[] = [];
  let set: OutputSet;
  beforeEach(() => {
    vi.useFakeTimers();
    calls.length = 0;
    streams = [];
    set = new OutputSet({
      setStreams: (next) => {
        streams = next;
        calls.push(`streams ${next.map(({ key }) => key)}`);
      },
      requestKeyFrame: (stream) => calls.push(`key frame ${stream}`),
      setBitrate: (stream, kbps) => calls.push(`bitrate ${stream} ${kbps}`),
    });
  });
  afterEach(() => {
    set.close();
    vi.useRealTimers();
  });

  const keys = () => streams.map(({ key }) => key);
  const packet = (mediaTimeMs: number, key = false, stream = KEY): VideoPacket => ({
    kind: 'video',
    stream,
    mediaTimeMs,
    epoch: 0,
    key,
    data: new Uint8Array(1),
  });
  const viewer = (outputs: readonly Output[] = [VIDEO]) => {
    const seen: number[] = [];
    const taking = set.take(outputs, { video: ({ mediaTimeMs }) => seen.push(mediaTimeMs) });
    return { seen, taking };
  };

  /** Pictures that use all that their streams may, for so long. */
  const play = (ms: number) => {
    for (const endMs = performance.now() + ms; performance.now() < endMs; vi.advanceTimersByTime(40)) {
      for (const { key, output } of streams) {
        if (output.kind !== 'video') continue;
        const data = new Uint8Array(output.bitrateKbps * 5);
        set.deliver({ ...packet(performance.now(), false, key), data });
      }
    }
  };

  it('makes what anybody takes once, and nothing that nobody takes', () => {
    const first = set.take([VIDEO, OPUS_VOICE], {});
    expect(keys().sort()).toEqual([KEY, 'voice/opus']);
    calls.length = 0;
    const second = set.take([{ ...VIDEO, bitrateKbps: 1400 }, OPUS_VOICE], {});
    expect(calls.filter((call) => call.startsWith('streams'))).toEqual([]);
    // A program that only wants the motion must not take the picture from the browser beside it.
    const third = set.take([MOTION, RAW, PCM_VOICE], {});
    expect(keys().sort()).toEqual([
      'motion',
      'picture/i420/512x512/portrait/matte',
      KEY,
      'voice/opus',
      'voice/pcm',
    ]);
    first.close();
    first.close();
    third.change([MOTION]);
    expect(keys().sort()).toEqual(['motion', KEY, 'voice/opus']);
    second.close();
    third.close();
    expect(keys()).toEqual([]);
  });

  it('makes another format or codec beside', () => {
    set.take([VIDEO], {});
    set.take([{ ...VIDEO, width: 256, height: 256 }], {});
    set.take([{ ...VIDEO, codec: 'vp8' }], {});
    set.take([{ ...VIDEO, fit: 'head' }], {});
    expect(streams.map(({ output }) => output.kind)).toEqual(Array(4).fill('video'));
    expect(new Set(keys()).size).toBe(4);
  });

  it('gives each taker what it takes, a newcomer from its key frame on', () => {
    const one = viewer();
    expect(calls).toEqual([`streams ${KEY}`, `key frame ${KEY}`]);
    set.deliver(packet(0, true));
    set.deliver(packet(40));
    const two = viewer();
    expect(calls.at(-1)).toBe(`key frame ${KEY}`);
    const deaf: number[] = [];
    set.take([OPUS_VOICE], { video: () => deaf.push(1), voice: () => deaf.push(2) });
    set.deliver(packet(80));
    set.deliver(packet(120, true));
    set.deliver(packet(160));
    set.deliver({ kind: 'motion', stream: 'motion', mediaTimeMs: 0, epoch: 0, frame: new Float32Array(58) });
    one.taking.close();
    set.deliver(packet(200));
    expect(one.seen).toEqual([0, 40, 80, 120, 160]);
    expect(two.seen).toEqual([120, 160, 200]);
    expect(deaf).toEqual([]);
  });

  it('passes on at once what a single taker asks for, and merges what several ask for', () => {
    const one = viewer();
    calls.length = 0;
    one.taking.requestKeyFrame();
    one.taking.requestKeyFrame();
    one.taking.setBitrate(700);
    expect(calls).toEqual([`key frame ${KEY}`, `key frame ${KEY}`, `bitrate ${KEY} 700`]);
    one.taking.setBitrate(1500);
    const two = viewer();
    calls.length = 0;
    for (const { taking } of [one, two, one]) taking.requestKeyFrame();
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(450);
    expect(calls).toEqual([`key frame ${KEY}`]);
    vi.advanceTimersByTime(1000);
    two.taking.requestKeyFrame();
    one.taking.requestKeyFrame();
    expect(calls).toEqual([`key frame ${KEY}`, `key frame ${KEY}`]);
    two.taking.close();
    vi.advanceTimersByTime(450);
    expect(calls).toHaveLength(3);
  });

  it('gives a slow viewer a stream of its own, from a key frame on, and tells it alone what that is like', () => {
    const warned: string[] = [];
    const fast = viewer();
    const slow = viewer();
    const taking = set.take([VIDEO], { warning: ({ code }) => warned.push(code) });
    taking.close();
    set.deliver(packet(0, true));
    play(2000);
    slow.taking.setBitrate(300);
    expect(calls.at(-1)).toBe(`bitrate ${KEY} 300`);
    play(2500);
    expect(streams).toMatchObject([
      { key: KEY, output: { bitrateKbps: 1500 } },
      { key: `${KEY}/second`, output: { bitrateKbps: 300 } },
    ]);
    expect(calls).toContain(`bitrate ${KEY} 1500`);
    expect(calls).toContain(`key frame ${KEY}/second`);
    const seen = slow.seen.length;
    set.deliver(packet(4500));
    set.deliver(packet(4540, true, `${KEY}/second`));
    set.deliver(packet(4580, false, `${KEY}/second`));
    expect(fast.seen.at(-1)).toBe(4500);
    expect(slow.seen.slice(seen)).toEqual([4540, 4580]);
    set.warn(`${KEY}/second`, { code: 'network_slow', message: '' });
    expect(warned).toEqual([]);
    slow.taking.setBitrate(1400);
    play(5000);
    expect(keys()).toEqual([KEY]);
    expect(calls.at(-1)).toBe(`key frame ${KEY}`);
  });

  it('asks for nothing and gives nothing any more once it is closed', () => {
    const { taking, seen } = viewer();
    viewer();
    set.close();
    calls.length = 0;
    taking.requestKeyFrame();
    taking.setBitrate(100);
    taking.change([MOTION]);
    taking.close();
    set.deliver(packet(0, true));
    vi.advanceTimersByTime(5000);
    expect(calls).toEqual([]);
    expect(seen).toEqual([]);
  });
});
