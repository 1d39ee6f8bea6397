import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pearson } from '../../../bench/statistics.ts';
import { SpeechTimeline } from '../../../src/audio/speech-timeline.ts';
import { NEUTRAL_CONTROLS } from '../../../src/contract/controls.ts';
import type { LatencyMode } from '../../../src/contract/latency.ts';
import { CHANNEL } from '../../../src/contract/motion-frame.ts';
import { motionPlan } from '../../../src/engine/process/motion-plan.ts';
import { MotionStream } from '../../../src/engine/process/motion-stream.ts';
import { controlVector } from '../../../src/model/control-vector.ts';
import { MotionModel } from '../../../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';
import { sampleVoice } from '../../support/sample-voice.ts';

let model: MotionModel;
beforeAll(async () => {
  const pack = await loadPack(BUILTIN_PACK);
  model = await MotionModel.open(pack, await GraphLoader.choose('cpu', pack.graphFiles.motion));
});
afterAll(() => model.close());

const SPEAKING = controlVector(NEUTRAL_CONTROLS, 'speaking');

/** A vowel-like buzz: harmonics of 120 Hz under a slow envelope. */
function buzz(seconds: number): Float32Array {
  return Float32Array.from({ length: seconds * 48000 }, (_, i) => {
    const t = i / 48000;
    const envelope = 0.5 + 0.5 * Math.sin(2 * Math.PI * 3 * t);
    let sum = 0;
    for (let k = 1; k <= 12; k++) sum += Math.sin(2 * Math.PI * 120 * k * t) / k;
    return 0.15 * envelope * sum;
  });
}

function streamOf(
  voice: Float32Array,
  options: { seed?: number; catchUp?: boolean; latency?: LatencyMode } = {},
) {
  const timeline = new SpeechTimeline(20);
  timeline.append(voice);
  const plan = options.latency
    ? motionPlan(options.latency, model.manifest)
    : { ...motionPlan('balanced', model.manifest), block: 2 };
  const stream = new MotionStream(model, timeline, { seed: 1, catchUp: false, plan, ...options });
  return { timeline, stream };
}

async function run(stream: MotionStream): Promise<Float32Array[]> {
  const frames: Float32Array[] = [];
  while (stream.ready) {
    await stream.advance(SPEAKING);
    while (frames.length < stream.nextFrame) frames.push(stream.at(frames.length)!.slice());
  }
  return frames;
}

describe('MotionStream', () => {
  it('opens the mouth further where the voice calls out, as far as it is open; in the model’s own past it does not', async () => {
    const called = await sampleVoice(8);
    for (let i = 4 * 48000; i < called.length; i++) called[i] *= 3;
    const { stream } = streamOf(called);
    const gains: number[][] = [[], []];
    let made = 0;
    while (stream.ready) {
      await stream.advance(SPEAKING);
      for (; made < stream.nextFrame; made++) {
        const [own, shown] = [stream.at(made)!, stream.shownAt(made)!].map((frame) => frame[CHANNEL.jawOpen]);
        if (own > 0.05 && own < 0.15) gains[Number(made >= 4 * 25)].push(shown / own);
      }
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(gains[0]) - 1)).toBeLessThan(0.08);
    expect(mean(gains[1])).toBeGreaterThan(mean(gains[0]) + 0.05);
  });

  it('shows brows where the portrait has them in half of all frames of speech, and raised ones raised', async () => {
    const voice = await sampleVoice(8);
    const { stream } = streamOf(voice);
    const shown: number[] = [];
    while (stream.ready) {
      await stream.advance(SPEAKING);
      while (shown.length < stream.nextFrame) shown.push(stream.shownAt(shown.length)![CHANNEL.browInnerUp]);
    }
    const [median, highest] = [0.5, 0.98].map(
      (q) => shown.toSorted((a, b) => a - b)[Math.floor(q * shown.length)],
    );
    expect(median).toBeLessThan(0.06);
    expect(highest).toBeGreaterThan(0.12);
  });

  it('is ready for a block once its voice and lookahead are there', () => {
    const { lookaheadFrames } = model.manifest.audio;
    const { timeline, stream } = streamOf(new Float32Array((2 + lookaheadFrames) * 1920 - 1));
    expect(stream.ready).toBe(false);
    timeline.appendSilence(1);
    expect(stream.ready).toBe(true);
  });

  it('waits for less in the low mode, and makes up the rest of the lookahead', async () => {
    const { timeline, stream } = streamOf(new Float32Array(2 * 1920 - 1), { latency: 'low' });
    expect(stream.ready).toBe(false);
    timeline.appendSilence(1);
    expect(await stream.advance(SPEAKING)).toBe(1);
    const voice = await sampleVoice(2);
    const sooner = await run(streamOf(voice, { latency: 'low' }).stream);
    const later = await run(streamOf(voice).stream);
    expect(sooner.length).toBeGreaterThanOrEqual(later.length);
    const jaws = [sooner, later].map((frames) =>
      frames.slice(0, later.length).map((f) => f[CHANNEL.jawOpen]),
    );
    expect(pearson(jaws[0], jaws[1])).toBeGreaterThan(0.9);
  });

  it('repeats itself from its seed and differs with another', async () => {
    const voice = buzz(1);
    const first = await run(streamOf(voice).stream);
    expect(await run(streamOf(voice).stream)).toEqual(first);
    expect(await run(streamOf(voice, { seed: 2 }).stream)).not.toEqual(first);
  });

  it('stays within the range that it was trained on', async () => {
    const { min, max } = model.manifest.motion;
    for (const frame of await run(streamOf(buzz(2)).stream)) {
      for (const [channel, value] of frame.entries()) {
        expect(value).toBeGreaterThanOrEqual(min[channel] - 1e-6);
        expect(value).toBeLessThanOrEqual(max[channel] + 1e-6);
      }
    }
  });

  it('opens the mouth to voice and keeps it shut in silence', async () => {
    const jaw = (frames: Float32Array[]) =>
      frames.reduce((sum, frame) => sum + frame[CHANNEL.jawOpen], 0) / frames.length;
    const speaking = jaw(await run(streamOf(await sampleVoice(2)).stream));
    const silent = jaw(await run(streamOf(new Float32Array(96000)).stream));
    expect(speaking).toBeGreaterThan(0.05);
    expect(silent).toBeLessThan(0.3 * speaking);
  });

  it('makes the same frames again after going back, and others if the voice has changed', async () => {
    const { timeline, stream } = streamOf(await sampleVoice(1));
    const before = await run(stream);
    stream.rollback(10);
    const again = await run(stream);
    expect(stream.nextFrame).toBe(before.length);
    for (const [channel, value] of again[12].entries()) expect(value).toBeCloseTo(before[12][channel], 5);
    stream.rollback(10);
    timeline.silenceFrom(10 * 1920, 240);
    await run(stream);
    expect(stream.at(16)![CHANNEL.jawOpen]).toBeLessThan(before[16][CHANNEL.jawOpen]);
  });

  it('hears a block behind a gap as it would without one, and remembers what follows', async () => {
    const voice = await sampleVoice(4);
    const heardFrom = async (skip: boolean) => {
      const { stream } = streamOf(voice);
      const heard = new Map<number, Float32Array>();
      const { encode } = model;
      model.encode = async (requests) => {
        const results = await encode.call(model, requests);
        const { featureSize } = model.manifest.audio;
        heard.set(stream.nextFrame, results[0].features.slice(-2 * featureSize));
        return results;
      };
      while (stream.ready) {
        if (skip && stream.nextFrame === 10) stream.skipTo(60);
        await stream.advance(SPEAKING);
      }
      model.encode = encode;
      return heard;
    };
    const [whole, behindGap] = [await heardFrom(false), await heardFrom(true)];
    expect(behindGap.has(40)).toBe(false);
    for (const frame of [60, 62, 70, 80]) {
      const apart = whole.get(frame)!.map((value, i) => Math.abs(value - behindGap.get(frame)![i]));
      expect(Math.max(...apart)).toBeLessThan(0.02 * Math.max(...whole.get(frame)!));
    }
  });

  it('makes sessions that have to look further back in runs of their own', async () => {
    const voice = await sampleVoice(2);
    const streams = [streamOf(voice).stream, streamOf(voice).stream];
    for (let i = 0; i < 5; i++) await streams[0].advance(SPEAKING);
    streams[1].skipTo(streams[0].nextFrame);
    const alone = streamOf(voice).stream;
    for (let i = 0; i < 6; i++) await alone.advance(SPEAKING);
    await MotionStream.advanceTogether(streams.map((stream) => ({ stream, controls: () => SPEAKING })));
    expect(streams[0].at(11)![CHANNEL.jawOpen]).toBeCloseTo(alone.at(11)![CHANNEL.jawOpen], 3);
    expect(streams[1].nextFrame).toBe(12);
  });

  it('makes larger blocks when it fell behind', async () => {
    const { stream } = streamOf(buzz(1), { catchUp: true });
    expect(await stream.advance(SPEAKING)).toBe(4);
    while (stream.ready) await stream.advance(SPEAKING);
    expect(stream.nextFrame).toBeGreaterThanOrEqual(25 - model.manifest.audio.lookaheadFrames - 1);
    expect(await stream.advance(SPEAKING)).toBe(0);
  });

  it('ends its blocks where others do, also after it went back', async () => {
    const { timeline, stream } = streamOf(buzz(1), { catchUp: true });
    await stream.advance(SPEAKING);
    stream.rollback(3);
    await stream.advance(SPEAKING);
    expect(stream.nextFrame).toBe(8);
    const inTime = streamOf(buzz(1)).stream;
    await inTime.advance(SPEAKING);
    await inTime.advance(SPEAKING);
    inTime.rollback(3);
    expect(await inTime.advance(SPEAKING)).toBe(1);
    expect(await inTime.advance(SPEAKING)).toBe(2);
    timeline.appendSilence(48000);
    stream.skipTo(31);
    expect(stream.nextFrame).toBe(30);
  });

  it('interpolates between frames, and waits for the later one', async () => {
    const { stream } = streamOf(buzz(1));
    await stream.advance(SPEAKING);
    const [a, b] = [stream.at(0)!, stream.at(1)!];
    expect(stream.at(0.25)![CHANNEL.headYaw]).toBeCloseTo(
      0.75 * a[CHANNEL.headYaw] + 0.25 * b[CHANNEL.headYaw],
      6,
    );
    expect(stream.at(1.5)).toBeUndefined();
    expect(stream.at(-0.25)).toEqual(a);
  });

  it('makes the same motion for sessions that share a run', async () => {
    const voices = [buzz(1), await sampleVoice(1), new Float32Array(48000)];
    const open = () => voices.map((voice, i) => streamOf(voice, { seed: i + 1 }).stream);
    const [alone, together] = [open(), open()];
    const controls = [SPEAKING, controlVector(NEUTRAL_CONTROLS, 'listening'), SPEAKING];
    while (together[0].ready) {
      for (const [i, stream] of alone.entries()) await stream.advance(controls[i]);
      await MotionStream.advanceTogether(
        together.map((stream, i) => ({ stream, controls: () => controls[i] })),
      );
    }
    for (const [i, stream] of together.entries()) {
      expect(stream.nextFrame).toBeGreaterThan(10);
      expect(stream.nextFrame).toBe(alone[i].nextFrame);
      const [one, other] = [alone[i].at(stream.nextFrame - 1)!, stream.at(stream.nextFrame - 1)!];
      for (const [channel, value] of other.entries())
        expect(Math.abs(value - one[channel])).toBeLessThan(0.02);
    }
  });
});
