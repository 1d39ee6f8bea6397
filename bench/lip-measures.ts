/** The measures of QUALITY part A.2 on curves at 25 frames per second. */

import { MOTION_FRAME_MS, MOTION_SIZE } from '../src/contract/motion-frame.ts';
import type { Rig } from '../src/render/renderer.ts';
import { mouthAt } from './mouth-geometry.ts';
import {
  BILABIALS,
  LABIODENTALS,
  NARROW_CONSONANTS,
  OPEN_VOWELS,
  type Phone,
  ROUND,
  SPREAD,
  VOWELS,
} from './phones.ts';
import { atLeast, atMost, type Row } from './report.ts';
import { areaUnderCurve, mean, quantile } from './statistics.ts';

export interface MouthCurves {
  /** Lip aperture over mouth width at rest. */
  aperture: Float64Array;
  /** 1 − mouth width over mouth width at rest. */
  rounding: Float64Array;
}

const TOLERANCE_S = 0.04;
const REFERENCE_QUANTILE = 0.95;
const CLOSED_SHARE = 0.15;
const AT_TEETH_SHARE = 0.35;
/** For talkers that never quite close their lips, or whose vowels are nearly closed. */
const TRIED_SHARES = Array.from({ length: 20 }, (_, i) => 0.03 * (i + 1));

export function mouthCurves(rig: Rig, frames: readonly Float32Array[]): MouthCurves {
  const rest = mouthAt(rig, new Float32Array(MOTION_SIZE)).width;
  const mouths = frames.map((frame) => mouthAt(rig, frame));
  return {
    aperture: Float64Array.from(mouths, ({ gap }) => gap / rest),
    rounding: Float64Array.from(mouths, ({ width }) => 1 - width / rest),
  };
}

/** As they would be if they came `frames` earlier; + repairs curves that are late. The end is held. */
export function earlier({ aperture, rounding }: MouthCurves, frames: number): MouthCurves {
  const moved = (curve: Float64Array) =>
    curve.map((_, i) => curve[Math.min(Math.max(i + frames, 0), curve.length - 1)]);
  return { aperture: moved(aperture), rounding: moved(rounding) };
}

/** How far a curve goes beyond its usual: who mumbles and calls out has larger ratios than who is even. */
export function dynamics(curve: Float64Array): { highOverMiddle: number; mostOverHigh: number } {
  const high = quantile(curve, REFERENCE_QUANTILE);
  return { highOverMiddle: high / quantile(curve, 0.5), mostOverHigh: quantile(curve, 1) / high };
}

/** Values of two classes, once per phone (its mean) and once per frame. */
class Contrast {
  readonly #phones: [number[], number[]] = [[], []];
  readonly #frames: [number[], number[]] = [[], []];

  add(positive: boolean, values: ArrayLike<number>): void {
    const side = positive ? 0 : 1;
    this.#phones[side].push(mean(values));
    for (let i = 0; i < values.length; i++) this.#frames[side].push(values[i]);
  }

  result(): { perPhone: number; perFrame: number } {
    return { perPhone: areaUnderCurve(...this.#phones), perFrame: areaUnderCurve(...this.#frames) };
  }
}

/**
 * Counts phones over clips, so that rates are over all phones and not means of means. A phone counts as closed
 * when any of its frames is: for P B M (with 40 ms of tolerance) that is what is wanted, and for the middle half
 * of a vowel it is the strictest reading of what is not. The AUCs of QUALITY compare phones by their mean; those
 * over single frames stand beside them.
 */
export class PhoneScore {
  /** Of each phone, the least aperture over the recording's reference. */
  readonly #bilabials: number[] = [];
  readonly #labiodentals: number[] = [];
  readonly #vowels: number[] = [];
  readonly #aperture = new Contrast();
  readonly #rounding = new Contrast();

  add({ aperture, rounding }: MouthCurves, phones: readonly Phone[]): void {
    const reference = quantile(aperture, REFERENCE_QUANTILE);
    for (const [name, from, to] of phones) {
      // A recording may end before its last phone does.
      if ((from * 1000) / MOTION_FRAME_MS >= aperture.length) continue;
      const least = Math.min(...framesOf(aperture, from - TOLERANCE_S, to + TOLERANCE_S)) / reference;
      if (BILABIALS.has(name)) this.#bilabials.push(least);
      if (LABIODENTALS.has(name)) this.#labiodentals.push(least);
      if (VOWELS.has(name)) {
        const quarter = (to - from) / 4;
        const middle = framesOf(aperture, from + quarter, to - quarter);
        this.#vowels.push(Math.min(...middle) / reference);
      }
      const open = OPEN_VOWELS.has(name);
      if (open || NARROW_CONSONANTS.has(name)) this.#aperture.add(open, framesOf(aperture, from, to));
      const round = ROUND.has(name);
      if (round || SPREAD.has(name)) this.#rounding.add(round, framesOf(rounding, from, to));
    }
  }

  result(): PhoneFigures {
    return {
      ...this.closures(CLOSED_SHARE),
      bilabials: this.#bilabials.length,
      atTeethPercent: percentBelow(AT_TEETH_SHARE, this.#labiodentals),
      openAuc: this.#aperture.result(),
      roundAuc: this.#rounding.result(),
    };
  }

  /** @param share of a recording's reference below which an aperture counts as closed */
  closures(share: number): Closures {
    return {
      closedPercent: percentBelow(share, this.#bilabials),
      vowelClosedPercent: percentBelow(share, this.#vowels),
    };
  }

  /** The share at which most more of P B M than of the vowels are closed. */
  bestClosedShare(): number {
    const gain = (share: number) => {
      const { closedPercent, vowelClosedPercent } = this.closures(share);
      return closedPercent - vowelClosedPercent;
    };
    return TRIED_SHARES.reduce((best, share) => (gain(share) > gain(best) ? share : best));
  }
}

function percentBelow(limit: number, values: readonly number[]): number {
  return (100 * values.filter((value) => value < limit).length) / values.length;
}

export interface Closures {
  closedPercent: number;
  vowelClosedPercent: number;
}

export interface PhoneFigures extends Closures {
  bilabials: number;
  atTeethPercent: number;
  openAuc: { perPhone: number; perFrame: number };
  roundAuc: { perPhone: number; perFrame: number };
}

/** Percent closed in P B M (at least) and in vowels (at most), at the teeth in F V; AUC of aperture and of rounding. */
export interface PhoneBars {
  closed: number;
  vowels: number;
  teeth: number;
  aperture: number;
  rounding: number;
}

/** The rows of A.2, each against its bar. */
export function phoneRows(label: string, score: PhoneScore, bars: PhoneBars): Row[] {
  const { closedPercent, vowelClosedPercent, atTeethPercent, openAuc, roundAuc } = score.result();
  return [
    atLeast(`${label} lips closed in P B M`, closedPercent, bars.closed, '%'),
    atMost(`${label} vowels closed`, vowelClosedPercent, bars.vowels, '%'),
    atLeast(`${label} lip at the teeth in F V`, atTeethPercent, bars.teeth, '%'),
    atLeast(`${label} aperture AUC`, openAuc.perPhone, bars.aperture),
    { measure: `${label} aperture AUC, single frames`, value: openAuc.perFrame },
    atLeast(`${label} rounding AUC`, roundAuc.perPhone, bars.rounding),
    { measure: `${label} rounding AUC, single frames`, value: roundAuc.perFrame },
  ];
}

/** All of it in one line. */
export function inShort(score: PhoneScore): string {
  const { closedPercent, vowelClosedPercent, atTeethPercent, openAuc, roundAuc, bilabials } = score.result();
  return [
    `P B M ${closedPercent.toFixed(0)} % of ${bilabials}`,
    `vowels ${vowelClosedPercent.toFixed(1)} %`,
    Number.isNaN(atTeethPercent) ? 'no F V' : `F V ${atTeethPercent.toFixed(0)} %`,
    `AUC ${openAuc.perPhone.toFixed(2)} and ${roundAuc.perPhone.toFixed(2)}`,
  ].join(', ');
}

/** Values whose frame centre lies in [from, to] seconds, or else the one that is nearest to its middle. */
export function framesOf(curve: Float64Array, from: number, to: number): Float64Array {
  const frameAt = (seconds: number) => (seconds * 1000) / MOTION_FRAME_MS - 0.5;
  // Bounds that are meant to lie on a frame's centre must not miss it by rounding.
  let first = Math.ceil(frameAt(from) - 1e-6);
  let last = Math.floor(frameAt(to) + 1e-6);
  if (last < first) first = last = Math.round(frameAt((from + to) / 2));
  first = Math.min(Math.max(first, 0), curve.length - 1);
  last = Math.min(Math.max(last, first), curve.length - 1);
  return curve.subarray(first, last + 1);
}
