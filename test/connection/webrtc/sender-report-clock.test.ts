import { describe, expect, it, vi } from 'vitest';
import type { RTCRtpSender } from 'werift';
import { ntpTimestamp, SenderReportClock } from '../../../src/connection/webrtc/sender-report-clock.ts';

const unixMs = (ntp: bigint) =>
  (Number(ntp >> 32n) + Number(ntp & 0xffffffffn) / 2 ** 32) * 1000 + Date.UTC(1900, 0, 1);

describe('sender reports', () => {
  it('NTP time is 32.32 fixed point since 1900', () => {
    expect(ntpTimestamp(Date.UTC(1900, 0, 1) + 1500)).toBe((1n << 32n) | 0x80000000n);
    // RFC 3550 figure 2: 10 Nov 1995 11:33:25.125 UTC.
    expect(ntpTimestamp(Date.UTC(1995, 10, 10, 11, 33, 25, 125))).toBe(0xb44db705_20000000n);
    for (const ms of [0.25, 1, 62, 999.75]) {
      const time = Date.UTC(2026, 10, 22) + ms;
      expect(unixMs(ntpTimestamp(time))).toBeCloseTo(time, 2);
    }
  });

  it('both tracks share one line from media time to wall time', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 12) });
    const clock = new SenderReportClock();
    const [video, voice] = [{ ntpTimestamp: 0n }, { ntpTimestamp: 0n }];
    clock.stamp(video as unknown as RTCRtpSender, 5000);
    // The voice of the same media time leaves later, and the clock of the machine runs on.
    vi.setSystemTime(Date.UTC(2026, 10, 22, 12) + 777);
    clock.stamp(voice as unknown as RTCRtpSender, 5020);
    expect(unixMs(video.ntpTimestamp)).toBeCloseTo(Date.UTC(2026, 10, 22, 12), 1);
    expect(unixMs(voice.ntpTimestamp) - unixMs(video.ntpTimestamp)).toBeCloseTo(20, 1);
    vi.useRealTimers();
  });
});
