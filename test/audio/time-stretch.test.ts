import { describe, expect, it } from 'vitest';
import { lengthen, shorten } from '../../src/audio/time-stretch.ts';
import { tone } from '../support/signals.ts';

const HZ = 200;
const PERIOD = 48000 / HZ;
const hum = tone(48000, 0.02, (t) => 0.3 * Math.sin(2 * Math.PI * HZ * t));

/** Largest step between neighbours. */
const roughness = (samples: Float32Array) =>
  samples.reduce((most, value, i) => (i > 0 ? Math.max(most, Math.abs(value - samples[i - 1])) : most), 0);

describe('time stretching', () => {
  it('takes out or puts in whole periods, without a seam', () => {
    for (const stretched of [shorten(hum)!, lengthen(hum)!]) {
      const difference = Math.abs(stretched.length - hum.length);
      expect(difference % PERIOD).toBeLessThanOrEqual(8);
      expect(difference).toBeGreaterThan(0);
      expect(roughness(stretched)).toBeLessThan(1.3 * roughness(hum));
      expect(stretched[0]).toBeCloseTo(hum[0]);
      expect(stretched.at(-1)).toBeCloseTo(hum.at(-1)!);
    }
  });

  it('cuts silence anywhere, and other sounds only where it must', () => {
    expect(shorten(new Float32Array(960))!.length).toBe(480);
    let state = 1;
    const noise = tone(48000, 0.02, () => {
      state = (state * 16807) % 2147483647;
      return state / 2147483647 - 0.5;
    });
    expect(shorten(noise)).toBeUndefined();
    expect(lengthen(noise)).toBeUndefined();
    expect(shorten(noise, true)!.length).toBeLessThan(960);
  });

  it('leaves pieces alone that are too short', () => {
    expect(shorten(new Float32Array(120))).toBeUndefined();
  });
});
