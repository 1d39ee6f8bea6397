/**
 * How much may be sent again: without a limit, the resends crowd out the stream itself in a bottleneck (93 000 of
 * them in 10 s at 800 kbit/s).
 */
import type { RTCRtpSender } from 'werift';
import { sequenceDistance } from '../../audio/rtp-sequence.ts';
import { chooseResends } from './werift/resend-requests.ts';

/** Of the bitrate of the stream; more where more is lost, as part of the resends is lost too. */
const SHARE = 0.2;
const SHARE_PER_LOSS = 2.5;
const MAX_SHARE = 0.75;
const BURST_S = 0.5;
/** A packet is not sent again before the last resend can have arrived. */
const REPEAT_AFTER_MS = 60;
/** Where so much is lost, each resend goes out twice: another round trip would be seen as a freeze. */
const TWICE_FROM_LOSS = 0.08;
/** What is still asked for then does not come any more in time: a new key frame is sooner there. */
const MAX_REQUESTS = 4;
/** Sequence numbers remembered, a second of video at a few Mbit/s. */
const MEMORY = 512;
const FORGOTTEN_AFTER_MS = 3000;

export class ResendBudget {
  #rateBytesPerMs = 0;
  #capacity = 0;
  #tokens = 0;
  #refilledAtMs = 0;
  #copies = 1;
  readonly #requests = new Map<number, { atMs: number; count: number }>();
  #firstOfKeyFrame: number | undefined;

  constructor(bitrateKbps: number, nowMs = performance.now()) {
    this.#refilledAtMs = nowMs;
    this.setBitrate(bitrateKbps, 0, nowMs);
    this.#tokens = this.#capacity;
  }

  setBitrate(bitrateKbps: number, lossFraction = 0, nowMs = performance.now()): void {
    // What was saved stays: when the bitrate falls, packets from before are lost.
    this.#refill(nowMs);
    this.#copies = lossFraction < TWICE_FROM_LOSS ? 1 : 2;
    const share = Math.min(MAX_SHARE, Math.max(SHARE, SHARE_PER_LOSS * lossFraction));
    this.#rateBytesPerMs = (bitrateKbps / 8) * share;
    this.#capacity = this.#rateBytesPerMs * BURST_S * 1000;
  }

  /** How often each resend is to be sent. */
  get copies(): number {
    return this.#copies;
  }

  /** A key frame begins with this packet: nothing before it is needed any more. */
  keyFrame(sequence: number): void {
    this.#firstOfKeyFrame = sequence;
  }

  /**
   * What to do about a packet that the receiver asks for; takes its bytes from the budget where it is sent again.
   * `bytes`: undefined where it is not kept any more. `give up`: it will not come, and no picture after it is shown.
   */
  answer(sequence: number, bytes: number | undefined, nowMs: number): 'resend' | 'ignore' | 'give up' {
    const keyFrame = this.#firstOfKeyFrame;
    if (keyFrame !== undefined && sequenceDistance(keyFrame, sequence) < 0) return 'ignore';
    const before = this.#requests.get(sequence);
    // A sequence number that was used a few seconds ago belongs to another packet by now.
    const recent = before && nowMs - before.atMs < FORGOTTEN_AFTER_MS ? before : undefined;
    if (recent && nowMs - recent.atMs < REPEAT_AFTER_MS) return 'ignore';
    const count = (recent?.count ?? 0) + 1;
    this.#remember(sequence, nowMs, count);
    if (count > MAX_REQUESTS) return 'give up';
    return bytes !== undefined && this.#spend(bytes * this.#copies, nowMs) ? 'resend' : 'ignore';
  }

  #remember(sequence: number, atMs: number, count: number): void {
    this.#requests.delete(sequence);
    this.#requests.set(sequence, { atMs, count });
    if (this.#requests.size > MEMORY) this.#requests.delete(this.#requests.keys().next().value as number);
  }

  #refill(nowMs: number): void {
    const refilled = this.#tokens + (nowMs - this.#refilledAtMs) * this.#rateBytesPerMs;
    this.#tokens = Math.max(this.#tokens, Math.min(this.#capacity, refilled));
    this.#refilledAtMs = nowMs;
  }

  #spend(bytes: number, nowMs: number): boolean {
    this.#refill(nowMs);
    if (bytes > this.#tokens) return false;
    this.#tokens -= bytes;
    return true;
  }
}

/** Lets `sender` answer NACKs only within the budget; `onGivenUp`: only a key frame helps. */
export function limitResends(sender: RTCRtpSender, budget: ResendBudget, onGivenUp: () => void): void {
  chooseResends(sender, (asked) => {
    const nowMs = performance.now();
    const answers = asked.map(({ sequence, bytes }) => budget.answer(sequence, bytes, nowMs));
    const resends = asked.filter((_, i) => answers[i] === 'resend').map(({ sequence }) => sequence);
    if (answers.includes('give up')) onGivenUp();
    return Array.from({ length: budget.copies }, () => resends).flat();
  });
}
