/**
 * One clock for both tracks: the sender reports (RFC 3550 §6.4.1) say at which wall time each RTP timestamp
 * was sampled, and the browser plays voice and picture of one time together.
 */
import type { RTCRtpSender } from 'werift';
import { setReportTime } from './werift/sender-report-time.ts';

const NTP_EPOCH_MS = Date.UTC(1900, 0, 1);

/** Unix milliseconds as NTP time: 32 bits of seconds since 1900, 32 bits of fraction. */
export function ntpTimestamp(unixMs: number): bigint {
  const sinceEpochMs = unixMs - NTP_EPOCH_MS;
  const seconds = Math.floor(sinceEpochMs / 1000);
  const fraction = Math.floor(((sinceEpochMs - seconds * 1000) / 1000) * 2 ** 32);
  return (BigInt(seconds) << 32n) | BigInt(fraction);
}

export class SenderReportClock {
  #mediaStartMs: number | undefined;

  /**
   * To be called after each packet that `sender` sent, with the media time of that packet: werift reports the
   * last one. The first call of either track ties media time to wall time.
   */
  stamp(sender: RTCRtpSender, mediaTimeMs: number): void {
    this.#mediaStartMs ??= Date.now() - mediaTimeMs;
    setReportTime(sender, ntpTimestamp(this.#mediaStartMs + mediaTimeMs));
  }
}
