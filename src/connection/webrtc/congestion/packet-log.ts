/** Which packets are on their way, and what became of those that the receiver has reported on. */
import type { TransportFeedback } from '../transport-feedback.ts';

export interface PacketResult {
  bytes: number;
  sentAtMs: number;
  /** On the receiver's clock; undefined: lost. */
  receivedAtMs: number | undefined;
}

/** Packets on their way: a few seconds at the highest rate. */
const MAX_IN_FLIGHT = 4096;
/** A packet that others have overtaken by so much is lost; less may be a change of order. */
const OVERTAKEN_MS = 150;

export interface SentPacket {
  /** Transport-wide, 16 bits. */
  sequence: number;
  /** As they go over the wire. */
  bytes: number;
  sentAtMs: number;
  /** Whether it is one that was sent before. */
  resend?: boolean;
}

export class PacketLog {
  readonly #inFlight = new Map<number, SentPacket & { missing: boolean }>();
  #newestReportedMs = Number.NEGATIVE_INFINITY;

  sent(packet: SentPacket): void {
    this.#inFlight.delete(packet.sequence);
    this.#inFlight.set(packet.sequence, { ...packet, missing: false });
    if (this.#inFlight.size > MAX_IN_FLIGHT)
      this.#inFlight.delete(this.#inFlight.keys().next().value as number);
  }

  /** When the oldest packet left that nothing has been heard of, or undefined. */
  get waitingSinceMs(): number | undefined {
    for (const { sentAtMs } of this.#inFlight.values()) {
      if (sentAtMs > this.#newestReportedMs) return sentAtMs;
    }
    return undefined;
  }

  /** What is known now and was not before; each packet once. */
  take({ packets }: TransportFeedback): PacketResult[] {
    const results: PacketResult[] = [];
    for (const { sequence, receivedAtMs } of packets) {
      const packet = this.#inFlight.get(sequence);
      if (!packet) continue;
      const { bytes, sentAtMs } = packet;
      this.#newestReportedMs = Math.max(this.#newestReportedMs, sentAtMs);
      if (receivedAtMs === undefined) {
        packet.missing = true;
      } else {
        this.#inFlight.delete(sequence);
        results.push({ bytes, sentAtMs, receivedAtMs });
      }
    }
    return results.concat(this.#takeOvertaken());
  }

  /**
   * Those that were reported missing are lost; where the feedback itself was, nothing is known. A resend of a packet
   * that was only late is refused as a replay (RFC 3711 §3.3.2) and reported missing, so resends count when they
   * arrive only.
   */
  #takeOvertaken(): PacketResult[] {
    const lost: PacketResult[] = [];
    for (const [sequence, { bytes, sentAtMs, missing, resend }] of this.#inFlight) {
      if (sentAtMs > this.#newestReportedMs - OVERTAKEN_MS) break;
      this.#inFlight.delete(sequence);
      if (missing && !resend) lost.push({ bytes, sentAtMs, receivedAtMs: undefined });
    }
    return lost;
  }
}
