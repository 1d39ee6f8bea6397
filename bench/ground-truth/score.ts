/** What is measured of a picture against the truth. */
import type { ErrorSum, Region } from './picture-measures.ts';

/** The plain warp follows the same motion frames; told the true landmarks, it is the best that such a warp can do. */
export const METHODS = ['ours', 'plain warp', 'plain warp, true landmarks', 'repaired'] as const;
export type Method = (typeof METHODS)[number];

export interface Score {
  head: string;
  kind: string;
  method: Method;
  error: Record<Region, ErrorSum>;
  similarity: Record<Region, number>;
  /** Steepness of the luma against that of the truth. */
  detail: Record<Region, number>;
  /** Mean distance of what the face finder sees from what it sees in the true picture; NaN if it sees no face or does not look. */
  seenPercent: number;
}

export interface Measured {
  scores: Score[];
  /** Processor time of the repair of each picture. */
  repairMs: number[];
  geometry: { kind: string; percent: number }[];
}
