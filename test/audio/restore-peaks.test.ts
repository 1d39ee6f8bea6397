import { beforeAll, describe, expect, it } from 'vitest';
import { pearson } from '../../bench/statistics.ts';
import { resampleAll } from '../../src/audio/resampler.ts';
import { restorePeaks } from '../../src/audio/restore-peaks.ts';
import { sampleVoice } from '../support/sample-voice.ts';
import { rms, tone } from '../support/signals.ts';

describe('restorePeaks', () => {
  let voice: Float32Array;
  beforeAll(async () => {
    voice = resampleAll(await sampleVoice(4), 48000, 16000);
  });

  /** Loudness of every 20 ms. */
  const loudness = (samples: Float32Array) =>
    Array.from({ length: Math.floor(samples.length / 320) }, (_, i) =>
      rms(samples.subarray(320 * i, 320 * (i + 1))),
    );
  const cut = (gain: number, level = 1) => {
    const loudest = Math.max(...voice.map(Math.abs));
    return voice.map((sample) => level * Math.max(-1, Math.min(1, (gain * sample) / loudest)));
  };

  it.each([10, 15, 30])('gives a voice %i times too loud back what rises and falls in it', (gain) => {
    const clean = loudness(voice);
    for (const level of [1, 0.3]) {
      const flat = cut(gain, level);
      const restored = loudness(restorePeaks(flat));
      expect(pearson(restored, clean)).toBeGreaterThan(pearson(loudness(flat), clean) + 0.03);
    }
  });

  it('leaves a voice alone that is whole, and silence with noise in its last bit', () => {
    expect(restorePeaks(voice)).toBe(voice);
    const silence = Float32Array.from({ length: 16000 }, (_, i) => (i % 3) / 32768);
    expect(restorePeaks(silence)).toBe(silence);
    expect(restorePeaks(new Float32Array(0))).toHaveLength(0);
  });

  it('draws a pure tone as high as it is', () => {
    const sine = tone(16000, 1, (t) => 0.5 * Math.sin(2 * Math.PI * 150 * t));
    expect(rms(restorePeaks(sine))).toBeCloseTo(rms(sine), 1);
  });
});
