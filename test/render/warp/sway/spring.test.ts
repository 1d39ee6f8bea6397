import { describe, expect, it } from 'vitest';
import { Spring } from '../../../../src/render/warp/sway/spring.ts';

/** Where a spring is after each of `count` steps after a target. */
function followed(target: (seconds: number) => number, seconds: number, count: number): number[] {
  const spring = new Spring(1.3, 0.3);
  spring.rest(target(0));
  return Array.from({ length: count }, (_, i) => {
    spring.follow(target((i + 1) * seconds), seconds);
    return spring.place;
  });
}

describe('a spring', () => {
  it('stays where it rests', () => {
    expect(followed(() => 0.4, 0.04, 50).at(-1)).toBeCloseTo(0.4, 12);
  });

  it('is late at first, swings beyond its target once it has stopped, and settles', () => {
    const places = followed((t) => Math.min(t, 0.4), 0.04, 200);
    expect(places[4]).toBeLessThan(0.1);
    expect(Math.max(...places)).toBeGreaterThan(0.45);
    expect(places.at(-1)).toBeCloseTo(0.4, 4);
  });

  it('is in the same places at any rate of pictures', () => {
    const ramp = (t: number) => 0.7 * t;
    const quick = followed(ramp, 0.02, 100);
    const slow = followed(ramp, 0.1, 20);
    for (const [i, place] of slow.entries()) expect(place).toBeCloseTo(quick[5 * i + 4], 9);
  });

  it('is stable at steps longer than its own swing', () => {
    const places = followed((t) => Math.sin(40 * t), 3, 400);
    expect(Math.max(...places.map(Math.abs))).toBeLessThan(3);
  });
});
