/**
 * Spreads the packets of a picture over time, instead of one burst that overflows the queue of a slow link
 * (WebRTC's paced sender does the same at 2.5 times the bitrate). No picture waits long, not even a key frame on
 * a slow link: whatever is queued leaves within `MAX_DELAY_MS`.
 */
const PACING_FACTOR = 2.5;
const MAX_DELAY_MS = 200;
const TICK_MS = 2;
/** Bytes that may leave at once: one or two packets. */
const BURST_BYTES = 2400;

export class Pacer<Packet extends { payload: { length: number } }> {
  readonly #send: (packet: Packet) => void;
  readonly #queue: { packet: Packet; dueAtMs: number }[] = [];
  #rateBytesPerMs: number;
  #queuedBytes = 0;
  #credit = BURST_BYTES;
  #creditAtMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(bitrateKbps: number, send: (packet: Packet) => void) {
    this.#send = send;
    this.#rateBytesPerMs = 0;
    this.setBitrate(bitrateKbps);
  }

  setBitrate(bitrateKbps: number): void {
    this.#rateBytesPerMs = (bitrateKbps / 8) * PACING_FACTOR;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Sends at once what the pace allows, the rest in order within 200 ms. */
  push(packets: readonly Packet[], nowMs = performance.now()): void {
    for (const packet of packets) {
      this.#queue.push({ packet, dueAtMs: nowMs + MAX_DELAY_MS });
      this.#queuedBytes += packet.payload.length;
    }
    if (!this.#timer)
      this.#creditAtMs = Math.max(this.#creditAtMs, nowMs - BURST_BYTES / this.#rateBytesPerMs);
    this.#drain(nowMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
  }

  #drain(nowMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const first = this.#queue[0];
    if (!first) return;
    // Fast enough that everything queued is out when the oldest packet is due.
    const hurry = this.#queuedBytes / Math.max(TICK_MS, first.dueAtMs - nowMs);
    const rate = Math.max(this.#rateBytesPerMs, hurry);
    const elapsed = Math.max(0, nowMs - this.#creditAtMs);
    this.#credit = Math.min(this.#credit + elapsed * rate, Math.max(BURST_BYTES, elapsed * rate));
    this.#creditAtMs = nowMs;
    while (this.#queue.length > 0 && (this.#credit > 0 || this.#queue[0].dueAtMs <= nowMs)) {
      const { packet } = this.#queue.shift()!;
      this.#queuedBytes -= packet.payload.length;
      this.#credit -= packet.payload.length;
      this.#send(packet);
    }
    if (this.#queue.length > 0) this.#timer = setTimeout(() => this.#drain(performance.now()), TICK_MS);
  }
}
