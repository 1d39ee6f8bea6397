import { ArrivalDelay } from './arrival-delay.ts';
import { OpusDecoder } from './opus.ts';
import { sequenceDistance } from './rtp-sequence.ts';
import { lengthen, shorten } from './time-stretch.ts';

const SAMPLES_PER_MS = 48;
/** What is due may come so late before it is made up: the session waits for live voice for twice as long. */
const PATIENCE_MS = 10;
/** Longer than this nothing is made up: the voice pauses until a packet comes. */
const MAX_CONCEALED_MS = 100;
/** Differences from the delay that is needed: shorten from, shorten in any case from, lengthen from. */
const TOO_LATE_MS = 15;
const MUCH_TOO_LATE_MS = 80;
const TOO_SOON_MS = -10;
const DELAY_SMOOTHING = 0.1;
/** More delay than this is no use in a conversation; what waits longer is dropped. */
const MAX_DELAY_MS = 300;
/** A jump of sequence numbers beyond this is a new start, not a loss. */
const NEW_START = 100;

interface VoicePacket {
  sequence: number;
  /** Milliseconds on the sender's clock. */
  mediaMs: number;
  payload: Uint8Array;
}

export interface VoiceBufferFigures {
  /** Of the voice beyond the quickest packets. */
  delayMs: number;
  /** As the jitter asks for it. */
  neededMs: number;
  /** Of `playedMs`, how much was made up. */
  concealedMs: number;
  playedMs: number;
}

/**
 * Opus packets of a network to 48 kHz mono, as one steady stream at the pace of our own clock: an adaptive jitter
 * buffer. What is lost is concealed. Where the delay is longer or shorter than the jitter asks for, or the sender's
 * clock is not quite ours, the voice is shortened or lengthened by a period of its pitch.
 */
export class VoiceBuffer {
  readonly #onVoice: (samples: Float32Array) => void;
  readonly #decoder = new OpusDecoder();
  readonly #arrivals = new ArrivalDelay();
  readonly #waiting = new Map<number, VoicePacket>();
  #playing = false;
  #newestTimestamp: number | undefined;
  #newestMediaMs = 0;
  /** Sequence number and media time that come next. */
  #next: { sequence: number; mediaMs: number } | undefined;
  /** On our clock: up to here there is voice. */
  #playedUntilMs = 0;
  #concealedInARowMs = 0;
  #delayMs = 0;
  #concealedMs = 0;
  #playedMs = 0;

  constructor(onVoice: (samples: Float32Array) => void) {
    this.#onVoice = onVoice;
  }

  get figures(): VoiceBufferFigures {
    return {
      delayMs: this.#delayMs,
      neededMs: this.#arrivals.neededMs,
      concealedMs: this.#concealedMs,
      playedMs: this.#playedMs,
    };
  }

  /** Whether there is something to play; `play` has to be called every few milliseconds then. */
  get playing(): boolean {
    return this.#playing;
  }

  /** `sequenceNumber` (16 bits) and `timestamp` (32 bits, 48 kHz): of the RTP header. */
  receive({ sequenceNumber: sequence, timestamp }: RtpNumbers, payload: Uint8Array, nowMs: number): void {
    const mediaMs = this.#unwrap(timestamp);
    const ahead = sequenceDistance(this.#next?.sequence ?? sequence, sequence);
    if (Math.abs(ahead) > NEW_START) {
      this.#pause();
      this.#arrivals.reset();
    } else if (ahead < 0) {
      // Late or twice.
      this.#arrivals.arrived(mediaMs, nowMs);
      return;
    }
    if (!this.#waiting.has(sequence)) {
      this.#arrivals.arrived(mediaMs, nowMs);
      this.#waiting.set(sequence, { sequence, mediaMs, payload });
    }
    if (!this.#playing) this.#start({ sequence, mediaMs }, nowMs);
    this.play(nowMs);
  }

  /** Passes on what is due. */
  play(nowMs: number): void {
    while (this.#playing && this.#next && nowMs >= this.#playedUntilMs) {
      this.#dropOverdue(this.#next, nowMs);
      const packet = this.#waiting.get(this.#next.sequence);
      if (packet && packet.mediaMs <= this.#next.mediaMs + 1) this.#decode(packet, nowMs);
      else if (nowMs < this.#playedUntilMs + PATIENCE_MS) return;
      else this.#conceal(this.#next, nowMs);
    }
  }

  close(): void {
    this.#pause();
    this.#decoder.close();
  }

  #start({ sequence, mediaMs }: { sequence: number; mediaMs: number }, nowMs: number): void {
    this.#next = { sequence, mediaMs };
    const behindMs = this.#arrivals.behindMs(mediaMs, nowMs);
    this.#delayMs = Math.max(behindMs, this.#arrivals.neededMs);
    this.#playedUntilMs = nowMs + this.#delayMs - behindMs;
    this.#concealedInARowMs = 0;
    this.#playing = true;
  }

  #pause(): void {
    this.#playing = false;
    this.#waiting.clear();
  }

  #decode(packet: VoicePacket, nowMs: number): void {
    this.#waiting.delete(packet.sequence);
    let samples: Float32Array;
    try {
      // An empty payload is a pause in transmission; a damaged one is as good as lost.
      samples = packet.payload.length > 0 ? this.#decoder.decode(packet.payload) : this.#decoder.conceal();
    } catch {
      samples = this.#decoder.conceal();
      this.#concealedMs += samples.length / SAMPLES_PER_MS;
    }
    this.#concealedInARowMs = 0;
    this.#next = {
      sequence: (packet.sequence + 1) & 0xffff,
      mediaMs: packet.mediaMs + samples.length / SAMPLES_PER_MS,
    };
    const behindMs = this.#arrivals.behindMs(packet.mediaMs, Math.max(nowMs, this.#playedUntilMs));
    this.#delayMs += DELAY_SMOOTHING * (behindMs - this.#delayMs);
    this.#emit(this.#fit(samples));
  }

  /** Shorter where the delay is longer than it need be, and the other way round. */
  #fit(samples: Float32Array): Float32Array {
    const neededMs = Math.min(MAX_DELAY_MS, this.#arrivals.neededMs);
    const excessMs = this.#delayMs - neededMs;
    let fitted: Float32Array | undefined;
    if (excessMs > TOO_LATE_MS) fitted = shorten(samples, excessMs > MUCH_TOO_LATE_MS);
    else if (excessMs < TOO_SOON_MS) fitted = lengthen(samples);
    if (!fitted) return samples;
    // Known at once, not only when the average has followed.
    this.#delayMs += (fitted.length - samples.length) / SAMPLES_PER_MS;
    return fitted;
  }

  /** Makes up a packet: for one that is lost, or while nothing comes at all. */
  #conceal(next: { sequence: number; mediaMs: number }, nowMs: number): void {
    const following = this.#following();
    if (this.#concealedInARowMs >= MAX_CONCEALED_MS) {
      // After a pause of the sender, or a long loss, the voice goes on where there is some.
      if (following) this.#start(following, nowMs);
      else this.#pause();
      return;
    }
    const samples = this.#decoder.conceal();
    const concealedMs = samples.length / SAMPLES_PER_MS;
    this.#concealedInARowMs += concealedMs;
    this.#concealedMs += concealedMs;
    // While nothing comes the media time stands still: the next packet may only be late.
    if (following) {
      next.mediaMs += concealedMs;
      if (following.mediaMs <= next.mediaMs + 1) next.sequence = following.sequence;
    }
    this.#emit(samples);
  }

  /** The earliest of the packets that wait. */
  #following(): VoicePacket | undefined {
    let first: VoicePacket | undefined;
    for (const packet of this.#waiting.values()) {
      if (!first || sequenceDistance(packet.sequence, first.sequence) > 0) first = packet;
    }
    return first;
  }

  /** A burst after an interruption of the network: the newest voice counts. */
  #dropOverdue(next: { mediaMs: number }, nowMs: number): void {
    if (this.#arrivals.behindMs(next.mediaMs, nowMs) <= 2 * MAX_DELAY_MS) return;
    for (const [sequence, { mediaMs }] of this.#waiting) {
      if (this.#arrivals.behindMs(mediaMs, nowMs) > MAX_DELAY_MS) this.#waiting.delete(sequence);
    }
    const following = this.#following();
    if (following) this.#next = { sequence: following.sequence, mediaMs: following.mediaMs };
  }

  #emit(samples: Float32Array): void {
    const durationMs = samples.length / SAMPLES_PER_MS;
    this.#playedUntilMs += durationMs;
    this.#playedMs += durationMs;
    this.#onVoice(samples);
  }

  /** Milliseconds from 32 bits that start anywhere and wrap around. */
  #unwrap(timestamp: number): number {
    const step = (timestamp - (this.#newestTimestamp ?? timestamp)) | 0;
    const mediaMs = this.#newestMediaMs + step / SAMPLES_PER_MS;
    if (step >= 0) {
      this.#newestTimestamp = timestamp;
      this.#newestMediaMs = mediaMs;
    }
    return mediaMs;
  }
}

export interface RtpNumbers {
  sequenceNumber: number;
  timestamp: number;
}
