import { type RtpNumbers, VoiceBuffer, type VoiceBufferFigures } from '../../audio/voice-buffer.ts';

const TICK_MS = 5;

/** Opus from RTP (RFC 7587) to 48 kHz mono, in real time. */
export class VoiceReceiver {
  readonly #buffer: VoiceBuffer;
  #timer: NodeJS.Timeout | undefined;

  constructor(onVoice: (samples: Float32Array) => void) {
    this.#buffer = new VoiceBuffer(onVoice);
  }

  get figures(): VoiceBufferFigures {
    return this.#buffer.figures;
  }

  receive(header: RtpNumbers, payload: Uint8Array): void {
    this.#buffer.receive(header, payload, performance.now());
    if (this.#buffer.playing) this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  close(): void {
    this.#stop();
    this.#buffer.close();
  }

  #tick(): void {
    this.#buffer.play(performance.now());
    if (!this.#buffer.playing) this.#stop();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
