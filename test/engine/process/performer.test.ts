import { describe, expect, test } from 'vitest';
import { NEUTRAL_CONTROLS } from '../../../src/contract/controls.ts';
import { CHANNEL, MOTION_SIZE, type MotionChannel } from '../../../src/contract/motion-frame.ts';
import type { PerformedFrame, PerformerMix } from '../../../src/contract/performed-motion.ts';
import { Performance } from '../../../src/engine/process/performer/performance.ts';
import { randomNumbers } from '../../../src/random.ts';

const HOLD_MS = 200;
const PICTURE_MS = 40;
const MIX = NEUTRAL_CONTROLS.performer;

/** A performer on a clock that the test turns: `seen` says what is there at a time, and what not. */
function perform(
  seen: (ms: number) => Omit<PerformedFrame, 'timeMs'> | undefined,
  {
    untilMs,
    voice = () => new Float32Array(MOTION_SIZE),
    mix = MIX,
    fps = 60,
    speaking = () => false,
    microphone = false,
    wayMs = () => 5,
  }: {
    untilMs: number;
    voice?: (ms: number) => Float32Array;
    mix?: PerformerMix;
    fps?: number;
    speaking?: (ms: number) => boolean;
    microphone?: boolean;
    wayMs?: () => number;
  },
): { ms: number; at: (channel: MotionChannel) => number }[] {
  const performance = new Performance(HOLD_MS);
  const due = Array.from({ length: Math.ceil((untilMs * fps) / 1000) }, (_, i) => (i * 1000) / fps)
    .map((ms) => ({ atMs: ms + wayMs(), frame: { timeMs: 1e6 + ms, ...seen(ms) }, given: seen(ms) }))
    .filter(({ given }) => given)
    .toSorted((a, b) => a.atMs - b.atMs);
  const pictures = [];
  for (let ms = 0; ms < untilMs; ms += PICTURE_MS) {
    for (; due.length > 0 && due[0].atMs <= ms; due.shift()) performance.take(due[0].frame, due[0].atMs);
    if (microphone) performance.hearVoice(ms);
    const frame = performance.apply(voice(ms), mix, { nowMs: ms, speaking: speaking(ms) });
    pictures.push({ ms, at: (channel: MotionChannel) => frame[CHANNEL[channel]] });
  }
  return pictures;
}

const frameOf = (values: Partial<Record<MotionChannel, number>>): Float32Array => {
  const frame = new Float32Array(MOTION_SIZE);
  for (const [name, value] of Object.entries(values)) frame[CHANNEL[name as MotionChannel]] = value;
  return frame;
};
const sway = (ms: number) => 0.3 * Math.sin((2 * Math.PI * ms) / 1500);
const head = (yaw: number) => ({ head: { yaw, pitch: 0, roll: 0 } });

describe('a performer', () => {
  test('who sent thousands of frames at once is followed as before once they are over', () => {
    const performance = new Performance(HOLD_MS);
    const jaw = (jawOpen: number, ms: number) => performance.take({ timeMs: ms, shapes: { jawOpen } }, ms);
    for (let i = 0; i < 10_000; i++) jaw(0, i / 100);
    let shown = 0;
    for (let ms = 100; ms < 1500; ms += PICTURE_MS) {
      jaw(1, ms);
      shown = performance.apply(frameOf({}), MIX, { nowMs: ms, speaking: false })[CHANNEL.jawOpen];
    }
    expect(shown).toBeGreaterThan(0.9);
  });

  test.each([15, 30, 60])('is followed at once, at %i frames a second over an uneven network', (fps) => {
    const random = randomNumbers(7);
    const wayMs = () => 5 + 25 * random();
    const pictures = perform((ms) => head(sway(ms)), { untilMs: 6000, fps, wayMs }).slice(25);
    // What is shown now is what was so long ago: least squares over the delay.
    const errorAt = (delayMs: number) =>
      pictures.reduce((sum, { ms, at }) => sum + (at('headYaw') - sway(ms - delayMs)) ** 2, 0);
    const best = Array.from({ length: 101 }, (_, delay) => delay).sort((a, b) => errorAt(a) - errorAt(b))[0];
    expect(best).toBeLessThanOrEqual(60);
    expect(Math.sqrt(errorAt(best) / pictures.length)).toBeLessThan(0.02);
  });

  test('who rests is still, whatever the tracker shivers', () => {
    const random = randomNumbers(3);
    const shiver = () => 0.006 * (random() - 0.5);
    const yaws = perform(() => head(0.1 + shiver()), { untilMs: 4000 })
      .slice(25)
      .map(({ at }) => at('headYaw'));
    const steps = yaws.slice(1).map((yaw, i) => Math.abs(yaw - yaws[i]));
    // The nose of a face of 300 pixels stands 100 of them before the neck: half a pixel is 5 mrad.
    expect(Math.max(...steps)).toBeLessThan(0.0025);
  });

  test('lost, the face goes back to a life of its own in half a second, and found, comes without a jump', () => {
    const lost = (ms: number) => (ms > 1000 && ms < 2500) || (ms > 4000 && ms < 4200);
    const pictures = perform((ms) => (lost(ms) ? undefined : head(0.3)), {
      untilMs: 6000,
      voice: () => frameOf({ headYaw: -0.1 }),
    });
    const yawAt = (wanted: number) => pictures.find(({ ms }) => ms >= wanted)!.at('headYaw');
    expect(yawAt(900)).toBeCloseTo(0.3, 2);
    expect(yawAt(1520)).toBeCloseTo(-0.1, 5);
    expect(yawAt(3000)).toBeCloseTo(0.3, 2);
    const steps = pictures
      .slice(8)
      .map(({ at }, i) => Math.abs(at('headYaw') - pictures[i + 7].at('headYaw')));
    expect(Math.max(...steps)).toBeLessThan(0.13);
  });

  test('a frame of nothing says that it is lost', () => {
    const pictures = perform((ms) => (ms < 1000 ? head(0.3) : {}), { untilMs: 1400 });
    expect(pictures.at(-1)!.at('headYaw')).toBe(0);
  });

  test('what is not given stays the voice’s, and so does a group of its own', () => {
    const voice = () => frameOf({ eyeBlinkLeft: 0.5, browInnerUp: 0.4, eyeLookUpLeft: 0.2 });
    const seen = () => ({ shapes: { eyeBlinkLeft: 1, browInnerUp: 1 } });
    const mix = { ...MIX, brows: 'voice' } as const;
    const last = perform(seen, { untilMs: 1000, voice, mix }).at(-1)!;
    expect(last.at('eyeBlinkLeft')).toBeCloseTo(1, 2);
    expect(last.at('eyeLookUpLeft')).toBeCloseTo(0.2, 5);
    expect(last.at('browInnerUp')).toBeCloseTo(0.4, 5);
  });

  test('of both: the voice closes the lips that the performer opens, as long as it speaks', () => {
    const seen = () => ({ shapes: { jawOpen: 0.6, mouthSmileLeft: 0.7 } });
    const pictures = perform(seen, {
      untilMs: 2000,
      voice: () => frameOf({ jawOpen: 0.02, mouthSmileLeft: 0.1 }),
      speaking: (ms) => ms > 1000,
    });
    const silent = pictures.find(({ ms }) => ms >= 960)!;
    expect(silent.at('jawOpen')).toBeCloseTo(0.6, 1);
    expect(pictures.at(-1)!.at('jawOpen')).toBeLessThan(0.03);
    expect(pictures.at(-1)!.at('mouthSmileLeft')).toBeCloseTo(0.7, 2);
  });

  test('a mouth beside its own voice waits for it, the head does not', () => {
    const step = (ms: number) => (ms < 1500 ? 0 : 1);
    const seen = (ms: number) => ({ shapes: { jawOpen: step(ms) }, ...head(0.3 * step(ms)) });
    const pictures = perform(seen, { untilMs: 2500, microphone: true });
    const reached = (channel: MotionChannel, half: number) =>
      pictures.find(({ ms, at }) => ms > 1000 && at(channel) > half)!.ms - 1500;
    expect(reached('headYaw', 0.15)).toBeLessThanOrEqual(80);
    expect(Math.abs(reached('jawOpen', 0.5) - HOLD_MS)).toBeLessThanOrEqual(PICTURE_MS);
  });

  test('a tracker that is started anew, on another clock, is followed', () => {
    const performance = new Performance(HOLD_MS);
    for (let i = 0; i < 30; i++) performance.take({ timeMs: 1e9 + 20 * i, ...head(0.2) }, 20 * i);
    for (let i = 30; i < 90; i++) performance.take({ timeMs: 20 * (i - 30), ...head(-0.2) }, 20 * i);
    for (let i = 0; i <= 45; i++)
      performance.apply(new Float32Array(MOTION_SIZE), MIX, { nowMs: 40 * i, speaking: false });
    const frame = performance.apply(new Float32Array(MOTION_SIZE), MIX, { nowMs: 1810, speaking: false });
    expect(frame[CHANNEL.headYaw]).toBeCloseTo(-0.2, 2);
  });
});
