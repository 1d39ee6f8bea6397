import { randomInt } from 'node:crypto';
import {
  type Extension,
  MediaStreamTrack,
  type RTCDtlsTransport,
  type RTCRtpSender,
  RtpHeader,
  RtpPacket,
} from 'werift';
import type { SenderReportClock } from './sender-report-clock.ts';

/** One track that we send: payloads in, numbered and timed RTP packets (RFC 3550) out. */
export class MediaSender {
  readonly track: MediaStreamTrack;
  readonly #sender: RTCRtpSender;
  readonly #clock: SenderReportClock;
  readonly #rtpPerMs: number;
  /** By how much what a packet decodes to was sampled before the packet's own media time. */
  readonly #codecDelayMs: number;
  readonly #firstTimestamp = randomInt(2 ** 31);
  #sequence = randomInt(2 ** 15);
  /** Header extensions beside those that werift adds itself. */
  extensions: Extension[] = [];

  constructor(
    sender: RTCRtpSender,
    clock: SenderReportClock,
    options: { kind: 'video' | 'audio'; clockRateHz: number; codecDelayMs?: number },
  ) {
    this.track = new MediaStreamTrack({ kind: options.kind });
    this.#sender = sender;
    this.setCopies(0);
    this.#clock = clock;
    this.#rtpPerMs = options.clockRateHz / 1000;
    this.#codecDelayMs = options.codecDelayMs ?? 0;
  }

  get ssrc(): number {
    return this.#sender.ssrc;
  }

  get transport(): RTCDtlsTransport {
    return this.#sender.dtlsTransport;
  }

  async attach(): Promise<void> {
    await this.#sender.replaceTrack(this.track);
  }

  /** How many payloads before each are sent along with it, where the peers agreed on that (RFC 2198). */
  setCopies(copies: number): void {
    this.#sender.redDistance = copies;
  }

  /** The packets of one picture or one piece of voice; the last one carries the marker for video. */
  packets(payloads: readonly Uint8Array[], mediaTimeMs: number): MediaPacket[] {
    const timestamp = (this.#firstTimestamp + Math.round(mediaTimeMs * this.#rtpPerMs)) >>> 0;
    return payloads.map((payload, index) => {
      const marker = this.track.kind === 'video' && index === payloads.length - 1;
      this.#sequence = (this.#sequence + 1) & 0xffff;
      const header = new RtpHeader({
        sequenceNumber: this.#sequence,
        timestamp,
        marker,
        extensions: [...this.extensions],
      });
      return {
        rtp: new RtpPacket(header, Buffer.from(payload.buffer, payload.byteOffset, payload.length)),
        payload,
        mediaTimeMs,
      };
    });
  }

  send({ rtp, mediaTimeMs }: MediaPacket): void {
    this.track.writeRtp(rtp);
    this.#clock.stamp(this.#sender, mediaTimeMs - this.#codecDelayMs);
  }

  close(): void {
    this.track.stop();
  }
}

export interface MediaPacket {
  rtp: RtpPacket;
  payload: Uint8Array;
  mediaTimeMs: number;
}
