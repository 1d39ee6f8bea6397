import { quantile } from '../statistics.ts';

export interface MemorySample {
  /** Since the start, on the clock of the sessions. */
  seconds: number;
  residentMb: number;
  /** The server's own process, where sessions run in others. */
  serverMb: number;
  heapMb: number;
  externalMb: number;
}

/** At the beginning caches fill and the heap finds its size. */
const WARM_UP_SHARE = 0.25;

/** Memory over a long run. */
export class MemoryWatch {
  readonly samples: MemorySample[] = [];

  add(sample: MemorySample): void {
    this.samples.push(sample);
  }

  /** By how much of its median the resident memory grew an hour, after warming up (Theil–Sen); percent. */
  growthPercentPerHour(of: 'residentMb' | 'serverMb' = 'residentMb'): number {
    const settled = this.samples.slice(Math.floor(WARM_UP_SHARE * this.samples.length));
    const slopes: number[] = [];
    for (let i = 0; i < settled.length; i++) {
      for (let k = i + 1; k < settled.length; k++) {
        const [a, b] = [settled[i], settled[k]];
        slopes.push((b[of] - a[of]) / (b.seconds - a.seconds));
      }
    }
    const typical = quantile(
      settled.map((sample) => sample[of]),
      0.5,
    );
    return (100 * 3600 * quantile(slopes, 0.5)) / typical;
  }
}
