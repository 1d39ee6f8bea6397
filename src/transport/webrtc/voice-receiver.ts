import { OpusDecoder } from '../../audio/opus.ts';

/** How many packets may be ahead of a missing one before it is given up: 60 ms of waiting at most. */
const MAX_WAITING = 3;
/** A longer gap is a new start, not a loss to conceal. */
const MAX_CONCEALED = 5;

/**
 * Opus from RTP (RFC 7587) to 48 kHz mono: packets in order are passed on at once, late ones are waited for a
 * little, lost ones concealed.
 */
export class VoiceReceiver {
  readonly #onVoice: (samples: Float32Array) => void;
  readonly #decoder = new OpusDecoder();
  readonly #waiting = new Map<number, Uint8Array>();
  #expected: number | undefined;
  #concealed = 0;

  constructor(onVoice: (samples: Float32Array) => void) {
    this.#onVoice = onVoice;
  }

  /** Packets that were made up so far. */
  get concealed(): number {
    return this.#concealed;
  }

  /** `sequence`: of the RTP header, 16 bits. */
  receive(sequence: number, payload: Uint8Array): void {
    this.#expected ??= sequence;
    const ahead = distance(this.#expected, sequence);
    // Late or twice.
    if (ahead < 0 && ahead > -100) return;
    if (ahead < 0 || ahead > 100) this.#restart(sequence);
    this.#waiting.set(sequence, payload);
    this.#drain();
    if (this.#waiting.size >= MAX_WAITING) this.#skipGap();
  }

  close(): void {
    this.#waiting.clear();
    this.#decoder.close();
  }

  #restart(sequence: number): void {
    this.#waiting.clear();
    this.#expected = sequence;
  }

  #drain(): void {
    for (;;) {
      const payload = this.#waiting.get(this.#expected!);
      if (!payload) return;
      this.#waiting.delete(this.#expected!);
      this.#expected = (this.#expected! + 1) & 0xffff;
      this.#play(payload);
    }
  }

  #skipGap(): void {
    const gap = Math.min(...[...this.#waiting.keys()].map((sequence) => distance(this.#expected!, sequence)));
    for (let i = 0; i < Math.min(gap, MAX_CONCEALED); i++) this.#conceal();
    this.#expected = (this.#expected! + gap) & 0xffff;
    this.#drain();
  }

  #play(payload: Uint8Array): void {
    // An empty payload is a pause in transmission; a damaged one is as good as lost.
    if (payload.length === 0) return;
    let samples: Float32Array;
    try {
      samples = this.#decoder.decode(payload);
    } catch {
      this.#conceal();
      return;
    }
    this.#onVoice(samples);
  }

  #conceal(): void {
    this.#concealed++;
    this.#onVoice(this.#decoder.conceal());
  }
}

/** From `from` to `to` in 16-bit sequence numbers, −32768..32767. */
function distance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}
