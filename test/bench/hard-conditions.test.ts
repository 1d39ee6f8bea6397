import { describe, expect, it } from 'vitest';
import { CONDITIONS, harden } from '../../bench/hard-conditions.ts';
import type { Phone } from '../../bench/phones.ts';
import {
  convolve,
  faster,
  lowPass,
  roomAnswer,
  rootMeanSquare,
  whispered,
  withNoise,
} from '../../bench/voice-effects.ts';
import { randomNumbers } from '../../src/random.ts';

const RATE = 16000;
const TURN = 2 * Math.PI;

/** A vowel of 120 Hz with its formants at 700 and 1200 Hz that pauses from 0.4 to 0.6 s. */
const VOWEL = Float32Array.from({ length: RATE }, (_, i) => {
  const t = i / RATE;
  if (t > 0.4 && t < 0.6) return 0;
  let sum = 0;
  for (let k = 4; k <= 12; k++) {
    const near = (formant: number) => 1 / (1 + ((120 * k - formant) / 120) ** 2);
    sum += (near(700) + 0.5 * near(1200)) * Math.sin(TURN * 120 * k * t);
  }
  return 0.1 * sum;
});
const isSame = (a: Float32Array, b: Float32Array) => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

function power(samples: Float32Array, hz: number): number {
  let [re, im] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    re += samples[i] * Math.cos((TURN * hz * i) / RATE);
    im += samples[i] * Math.sin((TURN * hz * i) / RATE);
  }
  return (re * re + im * im) / samples.length;
}

/** Mean over a band: noise has none at a single frequency. */
function band(samples: Float32Array, fromHz: number, toHz: number): number {
  let sum = 0;
  for (let hz = fromHz; hz < toHz; hz += 13) sum += power(samples, hz);
  return (sum * 13) / (toHz - fromHz);
}

describe('effects on voices', () => {
  it('lays noise under a voice at the ratio asked for, over and over', () => {
    const voice = VOWEL;
    const noise = Float32Array.from([1, -1, 1, 1, -1, -1, 1, -1]);
    const under = withNoise(voice, noise, 10).map((value, i) => value - voice[i]);
    expect(20 * Math.log10(rootMeanSquare(voice) / rootMeanSquare(under))).toBeCloseTo(10, 1);
  });

  it('convolves as the sum does', () => {
    const voice = Float32Array.from([1, 2, 0, -1, 0.5]);
    const answer = Float32Array.from([1, 0.5, -0.25]);
    const wanted = [1, 2.5, 0.75, -1.5, 0];
    convolve(voice, answer).forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 5);
    });
  });

  it('makes a room with the direct sound first and the rest at the ratio asked for', () => {
    const answer = roomAnswer(0.5, -3, randomNumbers(1));
    expect(answer.length).toBe(0.5 * RATE);
    expect(answer[0]).toBe(1);
    const rest = answer.subarray(1).reduce((sum, value) => sum + value * value, 0);
    expect(-10 * Math.log10(rest)).toBeCloseTo(-3, 2);
    const half = (from: number) => rootMeanSquare(answer.subarray(from, from + 0.1 * RATE));
    // 60 dB in half a second are 12 dB in a tenth.
    expect(20 * Math.log10(half(0.1 * RATE) / half(0.2 * RATE))).toBeCloseTo(12, 0);
  });

  it('speaks faster at the same pitch, pauses where they belong', () => {
    const fast = faster(VOWEL, 1.3);
    expect(fast.length).toBe(Math.floor(RATE / 1.3));
    const spoken = fast.subarray(0.05 * RATE, 0.28 * RATE);
    expect(power(spoken, 720)).toBeGreaterThan(20 * power(spoken, 660));
    expect(rootMeanSquare(fast.subarray((0.43 / 1.3) * RATE, (0.57 / 1.3) * RATE))).toBeLessThan(1e-3);
  });

  it('whispers: no pitch, the formants and the pauses of the voice', () => {
    const voice = VOWEL;
    const whisper = whispered(voice, randomNumbers(1));
    expect(power(voice, 720) / power(voice, 660)).toBeGreaterThan(100);
    expect(band(whisper, 700, 740) / band(whisper, 640, 680)).toBeLessThan(10);
    expect(band(whisper, 600, 800)).toBeGreaterThan(10 * band(whisper, 2500, 2700));
    expect(rootMeanSquare(whisper.subarray(0.44 * RATE, 0.56 * RATE))).toBeLessThan(1e-3);
  });

  it('takes highs away from afar', () => {
    const noise = Float32Array.from({ length: RATE }, randomNumbers(2)).map((value) => 2 * value - 1);
    const far = lowPass(noise, 2000);
    expect(10 * Math.log10(band(far, 200, 600) / band(far, 7000, 7400))).toBeGreaterThan(8);
  });
});

describe('harden', () => {
  const phones: Phone[] = [
    ['AA', 0, 0.4],
    ['P', 0.4, 0.6],
    ['AA', 0.6, 1],
  ];
  const crowd = [VOWEL.map((value, i) => value * Math.sin(i)), VOWEL.slice(0, 5000)];
  const copy = (condition: (typeof CONDITIONS)[number], seed = 3) =>
    harden({ voice16k: VOWEL, phones }, condition, seed, crowd);

  it.each(CONDITIONS)('%s: another voice, always the same', (condition) => {
    const { voice16k } = copy(condition);
    expect(isSame(voice16k, copy(condition).voice16k)).toBe(true);
    expect(isSame(voice16k, VOWEL)).toBe(false);
    expect(voice16k.every(Number.isFinite)).toBe(true);
  });

  it('moves the phones of fast speech alone', () => {
    expect(copy('fast').phones[1]).toEqual(['P', 0.4 / 1.3, 0.6 / 1.3]);
    for (const condition of CONDITIONS) {
      if (condition !== 'fast') expect(copy(condition).phones).toEqual(phones);
    }
  });

  it('keeps noise between 5 and 10 dB below the voice', () => {
    const ratios = [0, 1, 2].map((seed) => {
      const under = copy('noise', seed).voice16k.map((value, i) => value - VOWEL[i]);
      return 20 * Math.log10(rootMeanSquare(VOWEL) / rootMeanSquare(under));
    });
    // The noise swells, and only the first second of it is here.
    expect(Math.min(...ratios)).toBeGreaterThan(3);
    expect(Math.max(...ratios)).toBeLessThan(13);
    expect(Math.max(...ratios) - Math.min(...ratios)).toBeGreaterThan(1);
  });
});
