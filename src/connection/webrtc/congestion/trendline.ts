/**
 * Overuse detector of Google's congestion control: the slope of the one-way delay over the last groups, against
 * a threshold that follows what is usual on this way (draft-ietf-rmcat-gcc-02 §5.4; libwebrtc's
 * `trendline_estimator.cc`, whose constants these are; Carlucci et al., MMSys 2016).
 */
import type { GroupDelta } from './packet-groups.ts';

/** `over`: queues grow; `under`: they shrink. */
export type NetworkUsage = 'normal' | 'over' | 'under';

const WINDOW = 20;
const SMOOTHING = 0.9;
const GAIN = 4;
const MAX_DELTAS = 60;
const OVERUSE_MS = 10;
const INITIAL_THRESHOLD_MS = 12.5;
const THRESHOLD_UP = 0.0087;
const THRESHOLD_DOWN = 0.039;
const MIN_THRESHOLD_MS = 6;
const MAX_THRESHOLD_MS = 600;
/** A jump by more than this above the threshold is an event of its own: the threshold does not follow it. */
const SPIKE_MS = 15;
const LONGEST_STEP_MS = 100;

export class Trendline {
  #history: { atMs: number; delayMs: number }[] = [];
  #firstArrivalMs: number | undefined;
  #accumulatedMs = 0;
  #smoothedMs = 0;
  #deltas = 0;
  #previousTrend = 0;
  #thresholdMs = INITIAL_THRESHOLD_MS;
  #thresholdAtMs: number | undefined;
  #overusedMs: number | undefined;
  #overuses = 0;
  #usage: NetworkUsage = 'normal';

  get usage(): NetworkUsage {
    return this.#usage;
  }

  add({ sendMs, arrivalMs, arrivedAtMs }: GroupDelta): void {
    this.#firstArrivalMs ??= arrivedAtMs;
    this.#deltas = Math.min(MAX_DELTAS, this.#deltas + 1);
    this.#accumulatedMs += arrivalMs - sendMs;
    this.#smoothedMs = SMOOTHING * this.#smoothedMs + (1 - SMOOTHING) * this.#accumulatedMs;
    this.#history.push({ atMs: arrivedAtMs - this.#firstArrivalMs, delayMs: this.#smoothedMs });
    if (this.#history.length > WINDOW) this.#history.shift();
    const trend = this.#history.length === WINDOW ? slope(this.#history) : this.#previousTrend;
    this.#detect(trend, sendMs, arrivedAtMs);
  }

  reset(): void {
    this.#history = [];
    this.#firstArrivalMs = undefined;
    this.#accumulatedMs = 0;
    this.#smoothedMs = 0;
    this.#deltas = 0;
    this.#previousTrend = 0;
    this.#overusedMs = undefined;
    this.#overuses = 0;
    this.#usage = 'normal';
  }

  #detect(trend: number, sendMs: number, nowMs: number): void {
    if (this.#deltas < 2) return;
    const modifiedMs = this.#deltas * trend * GAIN;
    if (modifiedMs > this.#thresholdMs) {
      this.#overusedMs = this.#overusedMs === undefined ? sendMs / 2 : this.#overusedMs + sendMs;
      this.#overuses++;
      if (this.#overusedMs > OVERUSE_MS && this.#overuses > 1 && trend >= this.#previousTrend) {
        this.#overusedMs = 0;
        this.#overuses = 0;
        this.#usage = 'over';
      }
    } else {
      this.#overusedMs = undefined;
      this.#overuses = 0;
      this.#usage = modifiedMs < -this.#thresholdMs ? 'under' : 'normal';
    }
    this.#previousTrend = trend;
    this.#adapt(Math.abs(modifiedMs), nowMs);
  }

  #adapt(sizeMs: number, nowMs: number): void {
    const stepMs = Math.min(LONGEST_STEP_MS, nowMs - (this.#thresholdAtMs ?? nowMs));
    this.#thresholdAtMs = nowMs;
    if (sizeMs > this.#thresholdMs + SPIKE_MS) return;
    const rate = sizeMs < this.#thresholdMs ? THRESHOLD_DOWN : THRESHOLD_UP;
    const next = this.#thresholdMs + rate * (sizeMs - this.#thresholdMs) * stepMs;
    this.#thresholdMs = Math.min(MAX_THRESHOLD_MS, Math.max(MIN_THRESHOLD_MS, next));
  }
}

/** Of the least-squares line through the points, milliseconds of delay per millisecond. */
function slope(points: readonly { atMs: number; delayMs: number }[]): number {
  const meanAt = points.reduce((sum, { atMs }) => sum + atMs, 0) / points.length;
  const meanDelay = points.reduce((sum, { delayMs }) => sum + delayMs, 0) / points.length;
  let [above, below] = [0, 0];
  for (const { atMs, delayMs } of points) {
    above += (atMs - meanAt) * (delayMs - meanDelay);
    below += (atMs - meanAt) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
