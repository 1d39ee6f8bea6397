import { describe, expect, it } from 'vitest';
import { lightBetweenLips } from '../../../../src/render/warp/mouth/light-between-lips.ts';

describe('light between the lips', () => {
  const [below, above, aside, behind] = [0.4, 0.3, 2, 0.2];
  const here = lightBetweenLips(below, above, aside, behind);

  it('is darker next to the upper lip than next to the lower one', () => {
    const nextToUpper = lightBetweenLips(0.05, below + above - 0.05, aside, behind);
    const nextToLower = lightBetweenLips(below + above - 0.05, 0.05, aside, behind);
    expect(nextToUpper).toBeLessThan(nextToLower);
    expect(nextToUpper).toBeLessThan(0.85 * here);
  });

  it('fades towards the throat and the corners', () => {
    expect(lightBetweenLips(below, above, aside, 1.5)).toBeLessThan(0.7 * here);
    expect(lightBetweenLips(below, above, 0.1, behind)).toBeLessThan(0.8 * here);
  });

  it('is nearly all of it on front teeth in an open mouth, and none where lips touch', () => {
    expect(lightBetweenLips(0.7, 0.7, 2.5, 0.11)).toBeGreaterThan(0.97);
    expect(lightBetweenLips(0, 0, 2.5, 0.11)).toBe(0);
  });

  it('leaves teeth behind round lips in the shade of the upper one, and not all alike', () => {
    const round = (below: number) => lightBetweenLips(below, 0.6 - below, 2, 1.5);
    expect(round(0.05)).toBeLessThan(0.6 * round(0.5));
  });
});
