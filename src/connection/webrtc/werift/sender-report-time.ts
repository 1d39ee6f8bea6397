/**
 * werift 0.25 writes decimal digits into the binary fraction of the NTP time in its sender reports (RFC 3550 §6.4.1),
 * which throws lip sync off by up to a second.
 */
import type { RTCRtpSender } from 'werift';
import { inside } from './inside.ts';

/** Sets the time at which what `sender` sent last was sampled; to be called after each packet. */
export function setReportTime(sender: RTCRtpSender, ntpTimestamp: bigint): void {
  inside<{ ntpTimestamp: bigint }>(sender, 'RTCRtpSender', { ntpTimestamp: 'bigint' }).ntpTimestamp =
    ntpTimestamp;
}
