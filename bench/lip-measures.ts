/** The measures of QUALITY part A on curves at 25 frames per second. */
import { CHANNEL, MOTION_FRAME_MS } from '../src/model/motion-frame.ts';

/** ARPABET phone with its begin and end in seconds. */
export type Phone = [name: string, from: number, to: number];

export interface MouthCurves {
  /** Lip aperture over mouth width at rest. */
  aperture: Float64Array;
  /** 1 − mouth width over mouth width at rest. */
  rounding: Float64Array;
}

const TOLERANCE_S = 0.04;
const CLOSED_SHARE = 0.15;
const AT_TEETH_SHARE = 0.35;
const BILABIAL = new Set(['P', 'B', 'M']);
const LABIODENTAL = new Set(['F', 'V']);
const OPEN_VOWELS = new Set(['AA', 'AE', 'AH', 'AO', 'AY', 'AW']);
const NARROW = new Set(['P', 'B', 'M', 'F', 'V', 'S', 'Z', 'SH', 'CH', 'JH']);
const ROUND = new Set(['UW', 'OW', 'OY', 'W']);
const SPREAD = new Set(['IY', 'EY', 'EH', 'AE']);
const VOWELS = new Set('AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW'.split(' '));

/** Counts over clips, so that rates are over all phones and not means of means. */
export class PhoneScore {
  #bilabials = { hit: 0, all: 0 };
  #labiodentals = { hit: 0, all: 0 };
  #vowels = { hit: 0, all: 0 };
  readonly #open: number[] = [];
  readonly #narrow: number[] = [];
  readonly #round: number[] = [];
  readonly #spread: number[] = [];

  add({ aperture, rounding }: MouthCurves, phones: readonly Phone[]): void {
    const sorted = aperture.toSorted();
    const reference = sorted[Math.floor(0.95 * (sorted.length - 1))];
    for (const [name, from, to] of phones) {
      const near = slice(aperture, from - TOLERANCE_S, to + TOLERANCE_S);
      if (near.length === 0) continue;
      const least = Math.min(...near) / reference;
      if (BILABIAL.has(name)) count(this.#bilabials, least < CLOSED_SHARE);
      if (LABIODENTAL.has(name)) count(this.#labiodentals, least < AT_TEETH_SHARE);
      if (VOWELS.has(name)) {
        const quarter = (to - from) / 4;
        const middle = slice(aperture, from + quarter, to - quarter);
        for (const value of middle) count(this.#vowels, value / reference < CLOSED_SHARE);
      }
      const inside = slice(aperture, from, to).map((value) => value / reference);
      if (OPEN_VOWELS.has(name)) this.#open.push(...inside);
      if (NARROW.has(name)) this.#narrow.push(...inside);
      if (ROUND.has(name)) this.#round.push(...slice(rounding, from, to));
      if (SPREAD.has(name)) this.#spread.push(...slice(rounding, from, to));
    }
  }

  result() {
    const rate = ({ hit, all }: { hit: number; all: number }) => (all > 0 ? (100 * hit) / all : Number.NaN);
    return {
      closedPercent: rate(this.#bilabials),
      atTeethPercent: rate(this.#labiodentals),
      vowelClosedPercent: rate(this.#vowels),
      openAuc: areaUnderCurve(this.#open, this.#narrow),
      roundAuc: areaUnderCurve(this.#round, this.#spread),
    };
  }
}

/** Probability that a value of `positive` is above one of `negative` (Mann–Whitney). */
export function areaUnderCurve(positive: readonly number[], negative: readonly number[]): number {
  const all = [...positive.map((value) => [value, 1]), ...negative.map((value) => [value, 0])];
  all.sort((a, b) => a[0] - b[0]);
  let rankSum = 0;
  for (let i = 0; i < all.length; ) {
    let j = i;
    while (j < all.length && all[j][0] === all[i][0]) j++;
    for (let k = i; k < j; k++) if (all[k][1] === 1) rankSum += (i + j + 1) / 2;
    i = j;
  }
  return (rankSum - (positive.length * (positive.length + 1)) / 2) / (positive.length * negative.length);
}

/** Pearson correlation of the two at the best lag within ±`maxLag` frames; + means that `a` comes later. */
export function bestCorrelation(a: ArrayLike<number>, b: ArrayLike<number>, maxLag: number) {
  let best = { r: Number.NEGATIVE_INFINITY, lag: 0 };
  for (let lag = -maxLag; lag <= maxLag; lag++) {
    const from = Math.max(0, -lag);
    const to = Math.min(b.length, a.length - lag);
    const r = pearson(Array.from({ length: to - from }, (_, i) => [a[from + i + lag], b[from + i]]));
    if (r > best.r) best = { r, lag };
  }
  return best;
}

function pearson(pairs: number[][]): number {
  const mean = (at: number) => pairs.reduce((sum, pair) => sum + pair[at], 0) / pairs.length;
  const [meanA, meanB] = [mean(0), mean(1)];
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (const [a, b] of pairs) {
    ab += (a - meanA) * (b - meanB);
    aa += (a - meanA) ** 2;
    bb += (b - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

export function jawOpen(frames: readonly Float32Array[]): Float64Array {
  return Float64Array.from(frames, (frame) => frame[CHANNEL.jawOpen]);
}

function count(score: { hit: number; all: number }, hit: boolean): void {
  score.all++;
  if (hit) score.hit++;
}

/** Values whose frame centre lies in [from, to) seconds. */
function slice(curve: Float64Array, from: number, to: number): number[] {
  const frameS = MOTION_FRAME_MS / 1000;
  const first = Math.max(0, Math.ceil(from / frameS - 0.5));
  return [...curve.subarray(first, Math.max(first, Math.ceil(to / frameS - 0.5)))];
}
