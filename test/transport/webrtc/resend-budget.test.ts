import { describe, expect, it } from 'vitest';
import { GenericNack, RTCRtpSender, RtcpTransportLayerFeedback, RtpHeader, RtpPacket } from 'werift';
import { limitResends, ResendBudget } from '../../../src/transport/webrtc/resend-budget.ts';

describe('ResendBudget', () => {
  it('lets through a fifth of the bitrate, however much is asked for', () => {
    const budget = new ResendBudget(1000);
    let bytes = 0;
    let sequence = 0;
    for (let nowMs = 0; nowMs < 10_000; nowMs += 10) {
      for (let i = 0; i < 20; i++) if (budget.allow(sequence++ & 0xffff, 1000, nowMs)) bytes += 1000;
    }
    // 200 kbit/s for 10 s, and half a second in stock at the start.
    expect((bytes * 8) / 1000).toBeGreaterThan(1900);
    expect((bytes * 8) / 1000).toBeLessThan(2200);
  });

  it('lets through more where more is lost', () => {
    const budget = new ResendBudget(1000);
    budget.setBitrate(1000, 0.3);
    let bytes = 0;
    for (let sequence = 0; sequence < 10_000; sequence++)
      if (budget.allow(sequence, 1000, sequence)) bytes += 1000;
    expect((bytes * 8) / 10_000).toBeGreaterThan(450);
    expect((bytes * 8) / 10_000).toBeLessThan(550);
  });

  it('sends one packet again only after a while, and not for ever', () => {
    const budget = new ResendBudget(5000);
    expect(budget.allow(7, 1000, 0)).toBe(true);
    expect(budget.allow(7, 1000, 30)).toBe(false);
    expect(budget.allow(7, 1000, 100)).toBe(true);
    expect(budget.allow(7, 1000, 200)).toBe(true);
    expect(budget.allow(7, 1000, 300)).toBe(false);
    // Seconds later the number belongs to another packet.
    expect(budget.allow(7, 1000, 60_000)).toBe(true);
  });

  it('limits what the sender answers', async () => {
    const sender = new RTCRtpSender('video');
    const sent: number[] = [];
    Object.assign(sender, {
      dtlsTransport: {
        sendRtp: async (_: Buffer, header: RtpHeader) => sent.push(header.sequenceNumber),
      },
    });
    const { rtpCache } = sender as unknown as { rtpCache: RtpPacket[] };
    for (let sequenceNumber = 1000; sequenceNumber < 1100; sequenceNumber++)
      rtpCache[sequenceNumber % 128] = new RtpPacket(new RtpHeader({ sequenceNumber }), Buffer.alloc(1000));
    limitResends(sender, new ResendBudget(800));
    const lost = Array.from({ length: 100 }, (_, i) => 1000 + i);
    for (let repeat = 0; repeat < 50; repeat++) {
      const feedback = new GenericNack({ mediaSourceSsrc: sender.ssrc, lost: [...lost] });
      sender.handleRtcpPacket(new RtcpTransportLayerFeedback({ feedback }));
    }
    // 5000 were asked for; half a second's worth of 160 kbit/s is there.
    expect(sent).toEqual(lost.slice(0, 10));
    expect(sent.length).toBe(10);
  });
});
