import { describe, expect, it } from 'vitest';
import { VocalEffort } from '../../src/audio/vocal-effort.ts';

const FRAME = 640;

/** So many seconds of a hum of this level, decibels of full scale. */
function hear(effort: VocalEffort, seconds: number, decibels: number): number {
  const amplitude = Math.SQRT2 * 10 ** (decibels / 20);
  for (let frame = 0; frame < seconds * 25; frame++) {
    effort.hear(
      Float32Array.from({ length: FRAME }, (_, i) => amplitude * Math.sin(0.2 * (frame * FRAME + i))),
    );
  }
  return effort.decibels;
}

describe('VocalEffort', () => {
  it('is how much louder a voice is than it mostly is, at once and not for ever', () => {
    const effort = new VocalEffort();
    expect(Math.abs(hear(effort, 5, -30))).toBeLessThan(0.1);
    const loud = hear(effort, 0.8, -18);
    expect(loud).toBeGreaterThan(6);
    expect(loud).toBeLessThan(12);
    expect(Math.abs(hear(effort, 30, -18))).toBeLessThan(1);
    expect(hear(effort, 0.8, -30)).toBeLessThan(-5);
  });

  it('knows nothing of the microphone’s gain', () => {
    const [near, far] = [-10, -40].map((decibels) => {
      const effort = new VocalEffort();
      hear(effort, 3, decibels);
      return hear(effort, 0.5, decibels + 6);
    });
    expect(far).toBeCloseTo(near, 6);
  });

  it('learns nothing of pauses, nor of silence before the first word', () => {
    const effort = new VocalEffort();
    expect(hear(effort, 2, -80)).toBe(0);
    hear(effort, 3, -25);
    const before = hear(effort, 0.4, -19);
    expect(hear(effort, 5, -50)).toBe(before);
  });
});
