import { describe, expect, it } from 'vitest';
import { EchoEstimate } from '../../../src/audio/voice-activity/echo-estimate.ts';
import { BANDS } from '../../../src/audio/voice-activity/spectrum.ts';
import { randomNumbers } from '../../../src/random.ts';

const FLOOR = 1e-9;

/** Powers of bands that rise and fall as a voice's do, four times a second. */
function syllables(frames: number, seed: number): Float64Array[] {
  const random = randomNumbers(seed);
  let shape = new Float64Array(BANDS);
  return Array.from({ length: frames }, (_, frame) => {
    if (frame % 12 === 0) shape = Float64Array.from({ length: BANDS }, () => 10 ** (-2 - 4 * random()));
    const loud = Math.sin((Math.PI * (frame % 12)) / 12) ** 2;
    return shape.map((power) => FLOOR + power * loud);
  });
}
const total = (bands: Float64Array) => bands.reduce((sum, power) => sum + power, 0);
const decibels = (ratio: number) => 10 * Math.log10(ratio);

describe('EchoEstimate', () => {
  it.each([3, 10, 25])('learns what comes back after %i frames, and how loud', (way) => {
    const played = syllables(400, 1);
    const estimate = new EchoEstimate();
    const heard = played.map((_, i) =>
      (played[i - way] ?? new Float64Array(BANDS)).map((power) => FLOOR + power / 100),
    );
    const echoes = played.map((bands, i) => {
      estimate.play(bands);
      return total(estimate.of(heard[i]));
    });
    // Of the second half: the mean, within 3 dB, and hardly ever less than there is.
    const late = echoes.map((echo, i) => decibels(echo / total(heard[i]))).slice(200);
    expect(late.reduce((sum, db) => sum + db, 0) / late.length).toBeLessThan(6);
    expect(late.filter((db) => db < -5).length).toBeLessThan(late.length / 20);
  });

  it('expects nothing where nothing is played, and soon nothing where nothing comes back', () => {
    const estimate = new EchoEstimate();
    const user = syllables(400, 2);
    expect(total(estimate.of(user[5]))).toBe(0);
    const quiet = new Float64Array(BANDS).fill(FLOOR);
    let echo = 0;
    for (const bands of syllables(400, 3)) {
      estimate.play(bands);
      echo = total(estimate.of(quiet));
    }
    expect(echo).toBeLessThan(1e-6);
  });
});
