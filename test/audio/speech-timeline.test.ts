import { describe, expect, it } from 'vitest';
import { SpeechTimeline } from '../../src/audio/speech-timeline.ts';
import { rms, tone } from '../support/signals.ts';

const sine = (length: number, hz: number) =>
  tone(48000, length / 48000, (t) => Math.sin(2 * Math.PI * hz * t));

describe('SpeechTimeline', () => {
  it('reads by absolute position, also after the ring has wrapped, and silence before the start', () => {
    const timeline = new SpeechTimeline(0.01);
    timeline.append(Float32Array.from({ length: 1000 }, (_, i) => i));
    expect([...timeline.read(990, 4)]).toEqual([990, 991, 992, 993]);
    const early = new SpeechTimeline(0.01);
    early.append(Float32Array.of(1, 2, 3));
    expect([...early.read(-2, 4)]).toEqual([0, 0, 1, 2]);
  });

  it('keeps 1 kHz and removes what 16 kHz cannot hold', () => {
    const voice = new SpeechTimeline(1);
    voice.append(sine(24000, 1000));
    expect(rms(voice.read16k(1000, 4000))).toBeCloseTo(Math.SQRT1_2, 2);
    const hiss = new SpeechTimeline(1);
    hiss.append(sine(24000, 12000));
    expect(rms(hiss.read16k(1000, 4000))).toBeLessThan(0.01);
  });

  it('reads the same at 16 kHz in pieces and at once, and hears what was silenced after it was read', () => {
    const [pieces, whole] = [new SpeechTimeline(1), new SpeechTimeline(1)];
    pieces.append(sine(24000, 300));
    whole.append(sine(24000, 300));
    for (let at = 0; at < 8000; at += 640) pieces.read16k(at - 500, Math.min(640, 8000 - at) + 500);
    expect(pieces.read16k(0, 8000)).toEqual(whole.read16k(0, 8000));
    pieces.silenceFrom(12000, 240);
    expect(rms(pieces.read16k(4200, 3000))).toBe(0);
    expect(pieces.read16k(0, 4000)).toEqual(whole.read16k(0, 4000));
  });

  it('reads every sample at 16 kHz as soon as its voice is there, half a millisecond late', () => {
    const [eager, whole] = [new SpeechTimeline(1), new SpeechTimeline(1)];
    const voice = sine(6000, 500);
    whole.append(voice);
    const expected = whole.read16k(0, 2000);
    for (let at = 0; at < 2000; at++) {
      eager.append(voice.subarray(3 * at, 3 * at + 3));
      expect(eager.read16k(at, 1)[0]).toBe(expected[at]);
    }
    const late = sine(6000, 500).filter((_, i) => i % 3 === 0);
    expect(
      Math.max(...late.subarray(100, 1900).map((value, i) => Math.abs(value - expected[i + 108]))),
    ).toBeLessThan(0.01);
  });

  it('goes on at 16 kHz where it was not read for longer than it keeps', () => {
    const [late, steady] = [new SpeechTimeline(0.5), new SpeechTimeline(0.5)];
    for (let ms = 0; ms < 2000; ms += 20) {
      const voice = tone(48000, 0.02, (t) => Math.sin(2 * Math.PI * 300 * (t + ms / 1000)));
      for (const timeline of [late, steady]) timeline.append(voice);
      steady.read16k(ms * 16, 320);
    }
    expect(late.read16k(28_000, 4000)).toEqual(steady.read16k(28_000, 4000));
  });

  it('fades to silence without a click', () => {
    const timeline = new SpeechTimeline(1);
    timeline.append(new Float32Array(2000).fill(1));
    timeline.silenceFrom(1000, 100);
    const after = timeline.read(999, 200);
    expect(after[0]).toBe(1);
    expect(after[51]).toBeCloseTo(0.5, 2);
    expect(Math.max(...after.subarray(102))).toBe(0);
    const steps = after.map((value, i) => Math.abs(value - after[Math.max(0, i - 1)]));
    expect(Math.max(...steps)).toBeLessThan(0.02);
  });
});
