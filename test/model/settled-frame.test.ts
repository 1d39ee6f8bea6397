import { describe, expect, it } from 'vitest';
import { settledFrame } from '../../src/model/settled-frame.ts';

const shown = (value: number, knee: number) => settledFrame(Float32Array.of(value), [knee])[0];

describe('settledFrame', () => {
  it('shows a face at rest where the model has next to nothing', () => {
    expect(shown(0.03, 0.12)).toBeLessThan(0.003);
    expect(shown(0.12, 0.12)).toBeLessThan(0.035);
  });

  it('leaves raised brows raised', () => {
    expect(shown(0.75, 0.12)).toBeGreaterThan(0.7);
    expect(shown(1, 0.12)).toBeCloseTo(1, 6);
  });

  it('rises with what the model gives, without a step', () => {
    const values = Array.from({ length: 101 }, (_, i) => shown(i / 100, 0.12));
    const steps = values.slice(1).map((value, i) => value - values[i]);
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThan(0.0115);
  });

  it('shows channels without a knee, and packs without knees, as they are', () => {
    expect(shown(-0.3, 0)).toBeCloseTo(-0.3, 6);
    const frame = Float32Array.of(0.1, 0.2);
    expect(settledFrame(frame, undefined)).toBe(frame);
  });
});
