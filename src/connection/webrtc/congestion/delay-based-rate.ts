/**
 * The rate that the delay allows: additive increase near the capacity of the link, multiplicative increase far
 * from it, decrease to a share of what arrives (draft-ietf-rmcat-gcc-02 §5.5; libwebrtc's
 * `aimd_rate_control.cc`).
 */
import { LinkCapacity } from './link-capacity.ts';
import type { NetworkUsage } from './trendline.ts';

export interface RateLimits {
  minKbps: number;
  maxKbps: number;
}

/** What is known of the way. */
export interface WayState {
  usage: NetworkUsage;
  /** Of the last half second, undefined where there is none yet. */
  receivedKbps: number | undefined;
  /** The same of the last 200 ms. */
  recentKbps: number | undefined;
  /** 0..1. */
  lossFraction: number;
  roundTripMs: number;
}

const BACK_OFF = 0.85;
const GROWTH_PER_S = 0.08;
/**
 * Where nothing has piled up for a while, growth is faster: libwebrtc sends padding as probes there, we let the
 * picture itself probe.
 */
const CALM_MS = 1500;
const CALM_GROWTH_PER_S = 0.35;
/** Never far beyond what is known to arrive: a still picture uses less than it may. */
const RECEIVED_FACTOR = 1.5;
const RECEIVED_SLACK_KBPS = 10;
const MAX_LOSS = 0.5;
const PICTURES_PER_S = 25;
const PACKET_BITS = 1200 * 8;
const MIN_ADDITION_KBPS_PER_S = 4;
const [SHORTEST_REPEAT_MS, LONGEST_REPEAT_MS] = [10, 200];

export class DelayBasedRate {
  readonly #limits: RateLimits;
  readonly #capacity = new LinkCapacity();
  #kbps: number;
  #growing = true;
  #changedAtMs: number | undefined;
  #decreasedAtMs = Number.NEGATIVE_INFINITY;
  #calmSinceMs: number | undefined;

  constructor(startKbps: number, limits: RateLimits) {
    this.#kbps = startKbps;
    this.#limits = limits;
  }

  get kbps(): number {
    return this.#kbps;
  }

  update({ usage, receivedKbps, recentKbps, lossFraction, roundTripMs }: WayState, nowMs: number): void {
    if (usage !== 'normal') this.#calmSinceMs = undefined;
    this.#calmSinceMs ??= nowMs;
    if (usage === 'under') {
      // The queues are being emptied: let them.
      this.#growing = false;
    } else if (usage === 'over') {
      if (receivedKbps !== undefined && recentKbps !== undefined && this.#mayDecrease(roundTripMs, nowMs))
        this.#decrease(Math.min(receivedKbps, recentKbps), nowMs);
    } else {
      if (!this.#growing) this.#changedAtMs = nowMs;
      this.#growing = true;
      this.#increase(receivedKbps, lossFraction, roundTripMs, nowMs);
    }
  }

  /** Sets the rate for another reason; growth goes on from there. */
  set(kbps: number, nowMs: number): void {
    this.#kbps = this.#clamp(kbps);
    this.#changedAtMs = nowMs;
  }

  /** What was known of the link is void. */
  reset(): void {
    this.#capacity.reset();
    this.#calmSinceMs = undefined;
  }

  #mayDecrease(roundTripMs: number, nowMs: number): boolean {
    const waitMs = Math.min(LONGEST_REPEAT_MS, Math.max(SHORTEST_REPEAT_MS, roundTripMs));
    return nowMs - this.#decreasedAtMs >= waitMs;
  }

  #decrease(receivedKbps: number, nowMs: number): void {
    let next = BACK_OFF * receivedKbps;
    if (next > this.#kbps && this.#capacity.kbps !== undefined) next = BACK_OFF * this.#capacity.kbps;
    // Quiet pictures use less than they may: what arrives then says little, so never fall by more than half.
    this.#kbps = this.#clamp(Math.min(this.#kbps, Math.max(next, 0.5 * this.#kbps)));
    this.#capacity.check(receivedKbps, 'below');
    this.#capacity.overused(receivedKbps);
    this.#growing = false;
    this.#decreasedAtMs = nowMs;
    this.#changedAtMs = nowMs;
  }

  #increase(
    receivedKbps: number | undefined,
    lossFraction: number,
    roundTripMs: number,
    nowMs: number,
  ): void {
    const seconds = Math.min(1, (nowMs - (this.#changedAtMs ?? nowMs)) / 1000);
    this.#changedAtMs = nowMs;
    if (receivedKbps === undefined) return;
    this.#capacity.check(receivedKbps, 'above');
    const growth = nowMs - this.#calmSinceMs! > CALM_MS ? CALM_GROWTH_PER_S : GROWTH_PER_S;
    const next =
      this.#capacity.kbps === undefined
        ? this.#kbps * (1 + growth) ** seconds
        : this.#kbps + this.#additionPerS(roundTripMs) * seconds;
    // What is lost without a queue has been let through by the bottleneck too.
    const carriedKbps = receivedKbps / (1 - Math.min(MAX_LOSS, lossFraction));
    const limit = RECEIVED_FACTOR * carriedKbps + RECEIVED_SLACK_KBPS;
    this.#kbps = this.#clamp(Math.min(next, Math.max(limit, this.#kbps)));
  }

  /** About one packet per response time of the control loop. */
  #additionPerS(roundTripMs: number): number {
    const bitsPerPicture = (this.#kbps * 1000) / PICTURES_PER_S;
    const packetBits = bitsPerPicture / Math.ceil(bitsPerPicture / PACKET_BITS);
    return Math.max(MIN_ADDITION_KBPS_PER_S, packetBits / (roundTripMs + 100));
  }

  #clamp(kbps: number): number {
    return Math.min(this.#limits.maxKbps, Math.max(this.#limits.minKbps, kbps));
  }
}
