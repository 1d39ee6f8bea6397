import type { RTCRtpSender } from 'werift';
import { OPUS_LOOKAHEAD_MS, OPUS_SAMPLE_RATE_HZ } from '../../audio/opus.ts';
import type { VoicePacket } from '../../contract/outputs.ts';
import { MediaSender } from './media-sender.ts';
import type { SenderReportClock } from './sender-report-clock.ts';

/**
 * The browser opens its sound device only when it is connected; voice that arrives meanwhile piles up in its jitter
 * buffer (measured: 200 to 400 ms), which then takes seconds to shrink while lips lead the voice.
 */
const VOICE_HOLD_MS = 500;

/** The voice that goes to one peer: Opus as it is, one packet each. */
export class VoiceSender {
  readonly #media: MediaSender;
  #fromMs = Number.POSITIVE_INFINITY;

  static async open(sender: RTCRtpSender, clock: SenderReportClock): Promise<VoiceSender> {
    const voice = new VoiceSender(sender, clock);
    await voice.#media.attach();
    return voice;
  }

  private constructor(sender: RTCRtpSender, clock: SenderReportClock) {
    this.#media = new MediaSender(sender, clock, {
      kind: 'audio',
      clockRateHz: OPUS_SAMPLE_RATE_HZ,
      codecDelayMs: OPUS_LOOKAHEAD_MS,
    });
  }

  /** The peer is there; what is sent before is dropped, and so is that of its first moment. */
  connected(): void {
    this.#fromMs = Math.min(this.#fromMs, performance.now() + VOICE_HOLD_MS);
  }

  /** How many payloads before each are sent along with it, where the peers agreed on that (RFC 2198). */
  setCopies(copies: number): void {
    this.#media.setCopies(copies);
  }

  send({ data, mediaTimeMs }: VoicePacket): void {
    if (performance.now() < this.#fromMs) return;
    for (const packet of this.#media.packets([data], mediaTimeMs)) this.#media.send(packet);
  }

  close(): void {
    this.#media.close();
  }
}
