import { DELAY_STAGES, type PictureDelays, type SessionStats } from '../../contract/stats.ts';
import { RollingQuantiles, StageQuantiles } from '../../telemetry/rolling-quantiles.ts';
import { delayToEncoder } from './picture-delays.ts';

const STAGES = ['motion', 'render', 'encode'] as const;

/** Pictures over which quantiles are taken: ten seconds at 25 per second. */
const WINDOW_PICTURES = 250;
const REPORT_INTERVAL_MS = 1000;
/** Bounds of the time before it is due at which a picture is begun. At the most, it leaves 20 ms before its voice. */
const MIN_LEAD_MS = 6;
const MAX_LEAD_MS = 30;

/** Measures one session: work per stage, delay, late pictures, bitrate. Milliseconds throughout. */
export class SessionMeter {
  readonly #provider: string;
  readonly #stages = new StageQuantiles(STAGES, WINDOW_PICTURES);
  readonly #delay = new RollingQuantiles(WINDOW_PICTURES);
  readonly #delayStages = new StageQuantiles(DELAY_STAGES, WINDOW_PICTURES);
  #renderMs = MAX_LEAD_MS / 2;
  #sent = 0;
  #late = 0;
  #lastReportMs = 0;
  #sentSinceReport = 0;
  #bytesSinceReport = 0;
  #period = { pictures: 0, late: 0, pictureWorkMs: 0 };

  constructor(provider: string) {
    this.#provider = provider;
  }

  /**
   * How long before it is due a picture has to be begun, from what the last ones took.
   * @param sharers sessions on the thread: any of them may be at a picture of its own just then
   */
  pictureLeadMs(sharers: number): number {
    return Math.min(MAX_LEAD_MS, Math.max(MIN_LEAD_MS, 1.3 * sharers * this.#renderMs + 2));
  }

  /** Motion was made, at this cost for each picture. */
  motion(workMs: number): void {
    this.#stages.add({ motion: workMs });
  }

  /** A picture was made, at this cost. */
  picture({ render, encode }: { render: number; encode: number }): void {
    this.#period.pictureWorkMs += render + encode;
    this.#stages.add({ render, encode });
    this.#renderMs += 0.1 * (render - this.#renderMs);
  }

  /** @param delays undefined where they are not known */
  sent(bytes: number, delays: PictureDelays | undefined): void {
    this.#sent++;
    this.#period.pictures++;
    this.#sentSinceReport++;
    this.#bytesSinceReport += bytes;
    if (!delays) return;
    this.#delay.add(delayToEncoder(delays));
    this.#delayStages.add(delays);
  }

  /** Pictures that were left out, or whose time was lost in a stall. */
  late(pictures: number): void {
    this.#late += pictures;
    this.#period.late += pictures;
  }

  /** Pictures sent, pictures late and milliseconds of work for pictures since this was last asked. */
  takePeriod(): { pictures: number; late: number; pictureWorkMs: number } {
    const period = this.#period;
    this.#period = { pictures: 0, late: 0, pictureWorkMs: 0 };
    return period;
  }

  /** Once a second the session's figures, otherwise undefined. */
  report(nowMs: number, now: Pick<SessionStats, 'queuedMs' | 'encoders'>): SessionStats | undefined {
    if (this.#lastReportMs === 0) this.#lastReportMs = nowMs;
    const elapsedMs = nowMs - this.#lastReportMs;
    if (elapsedMs < REPORT_INTERVAL_MS) return undefined;
    const stats: SessionStats = {
      fps: (this.#sentSinceReport * 1000) / elapsedMs,
      framesSent: this.#sent,
      framesLate: this.#late,
      bitrateKbps: (this.#bytesSinceReport * 8) / elapsedMs,
      delayMs: this.#delay.quantiles(),
      delayStages: this.#delayStages.quantiles(),
      stages: this.#stages.quantiles(),
      ...now,
      provider: this.#provider,
    };
    this.#lastReportMs = nowMs;
    this.#sentSinceReport = 0;
    this.#bytesSinceReport = 0;
    return stats;
  }
}
