/**
 * How much may be sent again. werift 0.25 answers every NACK at once and without limit: in a bottleneck the
 * resends then crowd out the stream itself (93 000 of them in 10 s at 800 kbit/s).
 */
import { GenericNack, type RTCRtpSender, RtcpTransportLayerFeedback } from 'werift';

/** Of the bitrate of the stream; more where more is lost, as part of the resends is lost too. */
const SHARE = 0.2;
const SHARE_PER_LOSS = 1.6;
const MAX_SHARE = 0.6;
const BURST_S = 0.5;
/** A packet is not sent again before the last resend can have arrived. */
const REPEAT_AFTER_MS = 60;
const MAX_RESENDS = 3;
/** Sequence numbers remembered, a second of video at a few Mbit/s. */
const MEMORY = 512;
/** Packets that werift keeps, by sequence number modulo this (`RTP_HISTORY_SIZE`). */
const RTP_HISTORY = 128;

export class ResendBudget {
  #rateBytesPerMs = 0;
  #capacity = 0;
  #tokens = 0;
  #refilledAtMs = 0;
  readonly #resent = new Map<number, { atMs: number; count: number }>();

  constructor(bitrateKbps: number) {
    this.setBitrate(bitrateKbps);
    this.#tokens = this.#capacity;
  }

  setBitrate(bitrateKbps: number, lossFraction = 0): void {
    const share = Math.min(MAX_SHARE, Math.max(SHARE, SHARE_PER_LOSS * lossFraction));
    this.#rateBytesPerMs = (bitrateKbps / 8) * share;
    this.#capacity = this.#rateBytesPerMs * BURST_S * 1000;
    this.#tokens = Math.min(this.#tokens, this.#capacity);
  }

  /** Whether this packet may be sent again now; takes its bytes from the budget if so. */
  allow(sequence: number, bytes: number, nowMs: number): boolean {
    this.#tokens = Math.min(
      this.#capacity,
      this.#tokens + (nowMs - this.#refilledAtMs) * this.#rateBytesPerMs,
    );
    this.#refilledAtMs = nowMs;
    const before = this.#resent.get(sequence);
    // A sequence number that was used a few seconds ago belongs to another packet by now.
    const recent = before && nowMs - before.atMs < 3000 ? before : undefined;
    if (recent && (nowMs - recent.atMs < REPEAT_AFTER_MS || recent.count >= MAX_RESENDS)) return false;
    if (bytes > this.#tokens) return false;
    this.#tokens -= bytes;
    this.#resent.delete(sequence);
    this.#resent.set(sequence, { atMs: nowMs, count: (recent?.count ?? 0) + 1 });
    if (this.#resent.size > MEMORY) this.#resent.delete(this.#resent.keys().next().value as number);
    return true;
  }
}

/** Lets `sender` answer NACKs only within the budget. */
export function limitResends(sender: RTCRtpSender, budget: ResendBudget): void {
  const handle = sender.handleRtcpPacket.bind(sender);
  const { rtpCache } = sender as unknown as { rtpCache: ({ payload: Uint8Array } | undefined)[] };
  sender.handleRtcpPacket = (packet) => {
    if (packet instanceof RtcpTransportLayerFeedback && packet.feedback instanceof GenericNack) {
      const nowMs = performance.now();
      const nack = packet.feedback;
      nack.lost = nack.lost.filter((sequence) => {
        const cached = rtpCache[sequence % RTP_HISTORY];
        return cached !== undefined && budget.allow(sequence, cached.payload.length, nowMs);
      });
    }
    handle(packet);
  };
}
