/**
 * How much may be sent: Google's congestion control (draft-ietf-rmcat-gcc-02) on transport-wide feedback. The
 * smaller of what the delay and what the loss allows; with every feedback anew, and less where none comes. Some receivers
 * agree on such feedback and send none, or stop (werift): then their reports are all that is known, and the loss decides.
 */
import type { TransportFeedback } from '../transport-feedback.ts';
import { DelayBasedRate, type RateLimits } from './delay-based-rate.ts';
import { LossBasedRate, type Sending } from './loss-based-rate.ts';
import { PacketGroups } from './packet-groups.ts';
import { PacketLog, type SentPacket } from './packet-log.ts';
import { ReceivedRate } from './received-rate.ts';
import { type NetworkUsage, Trendline } from './trendline.ts';

export interface NetworkConditions {
  /** Received in the last half second, headers included; undefined before there is feedback. */
  receivedKbps: number | undefined;
  /** Of the last half second, 0..1. */
  lossFraction: number;
  /** Of a standing queue on the way. */
  queueDelayMs: number;
  /** From the sending of a packet to the feedback on it. */
  roundTripMs: number;
}

/** Packets but no feedback for so long: the way is gone, or so full that feedback is stuck. */
const OUTAGE_MS = 1000;
/** The same for reports, of which one may come every 7.5 s (RFC 3550 §6.2: 5 s, at random half as much more). */
const REPORTS_OUTAGE_MS = 8000;
/** So many reports and no feedback between them: none will come. After an outage feedback comes first. */
const REPORTS_INSTEAD = 3;
/** With each report of hardly any loss, as long as nothing is known of delays. */
const BLIND_GROWTH = 1.08;
const HARDLY_ANY_LOSS = 0.02;
const OUTAGE_BACK_OFF = 0.5;
/** After an outage the way is tried at this share of the former rate, once it has been calm for a second. */
const RESUMED_SHARE = 0.5;
const RESUMED_CALM_MS = 1000;
const STANDING_QUEUE_MS = 60;
/** What stands in front of the bottleneck is given so long to leave; a few packets always wait (RFC 8289 §4.3). */
const DRAIN_MS = 500;
const ACCEPTED_QUEUE_MS = 5;
const ROUND_TRIP_WEIGHT = 0.1;

export class BandwidthEstimate {
  readonly #startKbps: number;
  readonly #limits: RateLimits;
  readonly #log = new PacketLog();
  readonly #groups = new PacketGroups();
  readonly #trendline = new Trendline();
  readonly #received = new ReceivedRate();
  readonly #byDelay: DelayBasedRate;
  readonly #byLoss: LossBasedRate;
  #roundTripMs = 100;
  #feedbackAtMs = Number.NEGATIVE_INFINITY;
  #knownBy: 'nothing' | 'reports' | 'packets' = 'nothing';
  #reportsSinceFeedback = 0;
  #outage: { formerKbps: number; reducedAtMs: number; overAtMs?: number } | undefined;
  /** What was sent before belongs to an outage. */
  #countFromMs = Number.NEGATIVE_INFINITY;

  constructor(startKbps: number, limits: RateLimits) {
    this.#startKbps = startKbps;
    this.#limits = limits;
    this.#byDelay = new DelayBasedRate(startKbps, limits);
    this.#byLoss = new LossBasedRate(limits);
  }

  /** All packets together, headers included; less for as long as a queue has to be emptied first. */
  get targetKbps(): number {
    const { kbps: receivedKbps = 0, queueDelayMs } = this.#received;
    const surplusMs = Math.max(0, queueDelayMs - ACCEPTED_QUEUE_MS);
    const drainKbps = receivedKbps * Math.min(1, surplusMs / DRAIN_MS);
    return Math.max(this.#limits.minKbps, this.#allowedKbps - drainKbps);
  }

  /** What the way carries in the long run. */
  get #allowedKbps(): number {
    return Math.min(this.#byDelay.kbps, this.#byLoss.kbps);
  }

  get conditions(): NetworkConditions {
    return {
      receivedKbps: this.#received.kbps,
      lossFraction: this.#byLoss.lossFraction,
      queueDelayMs: this.#received.queueDelayMs,
      roundTripMs: this.#roundTripMs,
    };
  }

  sent(packet: SentPacket): void {
    this.#log.sent(packet);
  }

  /** Returns whether this feedback ended an outage: what was sent meanwhile has not arrived. */
  takeFeedback(feedback: TransportFeedback, nowMs: number): boolean {
    const fresh = this.#log.take(feedback);
    if (fresh.length === 0) return false;
    this.#knownBy = 'packets';
    this.#reportsSinceFeedback = 0;
    this.#feedbackAtMs = nowMs;
    const resumes = this.#outage !== undefined && this.#outage.overAtMs === undefined;
    if (resumes) this.#resume(nowMs);
    const results = fresh.filter(({ sentAtMs }) => sentAtMs >= this.#countFromMs);
    const arrived = results
      .filter(({ receivedAtMs }) => receivedAtMs !== undefined)
      .toSorted((a, b) => a.receivedAtMs! - b.receivedAtMs!);
    for (const { bytes, sentAtMs, receivedAtMs } of arrived) {
      this.#received.add(bytes, sentAtMs, receivedAtMs!);
      const delta = this.#groups.add(sentAtMs, receivedAtMs!);
      if (delta) this.#trendline.add(delta);
    }
    const newest = arrived.reduce((latest, { sentAtMs }) => Math.max(latest, sentAtMs), 0);
    if (newest > 0) this.#roundTripMs += ROUND_TRIP_WEIGHT * (nowMs - newest - this.#roundTripMs);
    this.#byLoss.take(results, this.#sending, nowMs);
    const { receivedKbps, lossFraction, roundTripMs } = this.conditions;
    const { recentKbps } = this.#received;
    this.#byDelay.update({ usage: this.#usage, receivedKbps, recentKbps, lossFraction, roundTripMs }, nowMs);
    this.#tryFormerRate(nowMs);
    return resumes;
  }

  /** Loss as a receiver report tells it; of no interest where there is transport-wide feedback. */
  takeReport(lossFraction: number, nowMs: number): void {
    this.#reportsSinceFeedback++;
    if (this.#knownBy === 'packets' && this.#reportsSinceFeedback < REPORTS_INSTEAD) return;
    const wasSilent = this.#knownBy === 'nothing' || this.#outage !== undefined;
    this.#knownBy = 'reports';
    this.#feedbackAtMs = nowMs;
    this.#outage = undefined;
    this.#byLoss.takeReport(lossFraction, this.#sending);
    if (wasSilent) this.#byDelay.set(this.#startKbps, nowMs);
    else if (lossFraction < HARDLY_ANY_LOSS) this.#byDelay.set(BLIND_GROWTH * this.#byDelay.kbps, nowMs);
  }

  /** To be called now and then, feedback or not. */
  tick(nowMs: number): void {
    const waitingSinceMs = this.#log.waitingSinceMs;
    if (waitingSinceMs === undefined) return;
    const outageMs = this.#knownBy === 'reports' ? REPORTS_OUTAGE_MS : OUTAGE_MS;
    if (nowMs - Math.max(waitingSinceMs, this.#feedbackAtMs) < outageMs) return;
    if (this.#outage?.overAtMs !== undefined) this.#outage = undefined;
    this.#outage ??= { formerKbps: this.#allowedKbps, reducedAtMs: Number.NEGATIVE_INFINITY };
    if (nowMs - this.#outage.reducedAtMs < OUTAGE_MS) return;
    this.#outage.reducedAtMs = nowMs;
    this.#byDelay.set(OUTAGE_BACK_OFF * this.#allowedKbps, nowMs);
  }

  /** A queue that is full grows no more: its length is a sign of overuse too. */
  get #usage(): NetworkUsage {
    const { usage } = this.#trendline;
    return usage === 'normal' && this.#received.queueDelayMs > STANDING_QUEUE_MS ? 'over' : usage;
  }

  get #sending(): Sending {
    return { kbps: this.#allowedKbps, queueDelayMs: this.#received.queueDelayMs };
  }

  #resume(nowMs: number): void {
    this.#outage!.overAtMs = nowMs;
    this.#countFromMs = nowMs;
    this.#groups.reset();
    this.#trendline.reset();
    this.#received.reset();
    this.#byDelay.reset();
    this.#byLoss.reset();
  }

  #tryFormerRate(nowMs: number): void {
    if (this.#outage?.overAtMs === undefined) return;
    if (this.#trendline.usage === 'over') this.#outage = undefined;
    else if (nowMs - this.#outage.overAtMs > RESUMED_CALM_MS) {
      this.#byDelay.set(Math.max(this.#byDelay.kbps, RESUMED_SHARE * this.#outage.formerKbps), nowMs);
      this.#outage = undefined;
    }
  }
}
