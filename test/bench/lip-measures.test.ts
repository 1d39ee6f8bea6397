import { describe, expect, it } from 'vitest';
import { dynamics, earlier, framesOf, type MouthCurves, PhoneScore } from '../../bench/lip-measures.ts';
import { meanGap } from '../../bench/on-picture.ts';
import type { Phone } from '../../bench/phones.ts';
import { pauses } from '../../bench/song.ts';

const frames = (...values: number[]) => Float64Array.from(values);
const mouth = (aperture: Float64Array, rounding = new Float64Array(aperture.length)): MouthCurves => {
  return { aperture, rounding };
};
const open = (count: number) => new Array<number>(count).fill(1);
function scoreOf(curves: MouthCurves, phones: Phone[]) {
  const score = new PhoneScore();
  score.add(curves, phones);
  return score.result();
}

describe('framesOf', () => {
  it('gives the frames whose centre lies inside, and the nearest one where there is none', () => {
    const curve = frames(0, 1, 2, 3, 4);
    expect([...framesOf(curve, 0.04, 0.12)]).toEqual([1, 2]);
    expect([...framesOf(curve, 0.02, 0.1)]).toEqual([0, 1, 2]);
    expect([...framesOf(curve, 0.065, 0.07)]).toEqual([1]);
    expect([...framesOf(curve, -1, 0.03)]).toEqual([0]);
    expect([...framesOf(curve, 0.19, 9)]).toEqual([4]);
  });
});

describe('PhoneScore', () => {
  // Frames of 40 ms; the 95th percentile of each clip is 1.

  it('wants lips closed within 40 ms of p, b, m', () => {
    const curves = mouth(frames(...open(5), 0.1, ...open(14), 0.2, ...open(20)));
    const { closedPercent, bilabials } = scoreOf(curves, [
      ['P', 0.2, 0.24],
      // Closed only in the frame before, whose centre is 20 ms away.
      ['B', 0.24, 0.28],
      // Closed 100 ms before.
      ['M', 0.32, 0.36],
      // Not closed enough.
      ['M', 0.8, 0.84],
    ]);
    expect(bilabials).toBe(4);
    expect(closedPercent).toBe(50);
  });

  it('counts a vowel as closed when any frame of its middle half is, and not at its ends', () => {
    const curves = mouth(frames(0.1, ...open(3), ...open(1), 0.1, ...open(34)));
    const { vowelClosedPercent } = scoreOf(curves, [
      ['AA', 0, 0.16],
      ['IY', 0.16, 0.28],
    ]);
    expect(vowelClosedPercent).toBe(50);
  });

  it('wants the lip at the teeth in f and v below 35 %', () => {
    const curves = mouth(frames(...open(5), 0.3, ...open(14), 0.4, ...open(20)));
    expect(scoreOf(curves, [['F', 0.2, 0.24]]).atTeethPercent).toBe(100);
    expect(scoreOf(curves, [['V', 0.8, 0.84]]).atTeethPercent).toBe(0);
  });

  it('compares phones by their mean, and frames one by one', () => {
    const aperture = frames(0.9, 0.1, 0.2, 0.2, 1);
    const rounding = frames(0.3, 0.3, 0.3, 0.1, 0.1);
    const { openAuc, roundAuc } = scoreOf(mouth(aperture, rounding), [
      ['AA', 0, 0.08],
      ['S', 0.08, 0.16],
      ['UW', 0.08, 0.12],
      ['IY', 0.12, 0.2],
    ]);
    expect(openAuc).toEqual({ perPhone: 1, perFrame: 0.5 });
    expect(roundAuc).toEqual({ perPhone: 1, perFrame: 1 });
  });

  it('leaves out phones behind the end of the recording', () => {
    expect(scoreOf(mouth(frames(...open(10))), [['P', 0.5, 0.6]]).bilabials).toBe(0);
  });
});

describe('best lag and threshold of a peer', () => {
  it('moves curves that come late to where they belong', () => {
    const curves = mouth(frames(1, 2, 3, 4, 5));
    expect([...earlier(curves, 2).aperture]).toEqual([3, 4, 5, 5, 5]);
    expect([...earlier(curves, -1).aperture]).toEqual([1, 1, 2, 3, 4]);
  });

  it('finds the threshold that tells P B M from vowels', () => {
    const score = new PhoneScore();
    score.add(mouth(frames(...open(5), 0.4, ...open(14), 0.5, ...open(20))), [
      ['P', 0.2, 0.24],
      ['IY', 0.8, 0.84],
    ]);
    expect(score.result().closedPercent).toBe(0);
    const share = score.bestClosedShare();
    expect(score.closures(share)).toEqual({ closedPercent: 100, vowelClosedPercent: 0 });
  });
});

describe('dynamics', () => {
  it('tells somebody who calls out from somebody who is even', () => {
    const even = dynamics(frames(...open(100)));
    expect(even).toEqual({ highOverMiddle: 1, mostOverHigh: 1 });
    const calling = dynamics(frames(...open(90), ...new Array<number>(10).fill(3), 6));
    expect(calling).toEqual({ highOverMiddle: 3, mostOverHigh: 2 });
  });
});

describe('meanGap', () => {
  it('lets the voice run on between its packets', () => {
    const voice = [0, 20, 40, 60].map((mediaTimeMs) => ({ mediaTimeMs, atMs: 100 + mediaTimeMs }));
    expect(meanGap([{ mediaTimeMs: 40, atMs: 150 }], voice)).toBe(10);
    expect(
      meanGap(
        [0, 40].map((mediaTimeMs) => ({ mediaTimeMs, atMs: 95 + mediaTimeMs })),
        voice,
      ),
    ).toBe(5);
  });
});

describe('pauses', () => {
  it('keeps away from the edges of long silences and forgets short ones', () => {
    const level = new Float64Array(300).fill(1);
    level.fill(0, 10, 40);
    level.fill(0, 100, 200);
    const found = pauses(level, (value) => value < 0.5);
    expect([found[0], found.at(-1), found.length]).toEqual([113, 186, 74]);
  });
});
