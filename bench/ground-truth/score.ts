/** What is measured of pictures against the truth. */
import { mean } from '../statistics.ts';
import { type ErrorSum, psnr } from './picture-measures.ts';
import type { Region } from './regions.ts';

/** The plain warp follows the same motion frames; told the true landmarks, it is the best that such a warp can do. */
export const METHODS = ['ours', 'plain warp', 'plain warp, true landmarks'] as const;
export type Method = (typeof METHODS)[number];

export interface Score {
  person: string;
  skin: 'dark' | 'light';
  kind: string;
  method: Method;
  error: Record<Region, ErrorSum>;
  similarity: Record<Region, number>;
  /** HaarPSI. */
  likeness: Record<Region, number>;
}

export interface Geometry {
  person: string;
  kind: string;
  /** Told in our terms (common-terms.ts), and told the frame as it is. */
  percent: number;
  literally: number;
}

/** The measures by which a picture is told to be near to the truth. */
export const MEASURES = {
  PSNR: { unit: 'dB', digits: 1, of: (score: Score, region: Region) => psnr(score.error[region]) },
  SSIM: { unit: '', digits: 3, of: (score: Score, region: Region) => score.similarity[region] },
  HaarPSI: { unit: '', digits: 3, of: (score: Score, region: Region) => score.likeness[region] },
} as const;
export type MeasureName = keyof typeof MEASURES;

/** Mean over what is seen; NaN where it is nothing. */
export function meanOf(scores: readonly Score[], measure: MeasureName, region: Region): number {
  return mean(scores.map((score) => MEASURES[measure].of(score, region)).filter(Number.isFinite));
}
