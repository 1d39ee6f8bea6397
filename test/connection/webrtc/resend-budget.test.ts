import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { GenericNack, RTCRtpSender, RtcpTransportLayerFeedback, RtpHeader, RtpPacket } from 'werift';
import { limitResends, ResendBudget } from '../../../src/connection/webrtc/resend-budget.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('ResendBudget', () => {
  it('lets through a fifth of the bitrate, however much is asked for', () => {
    const budget = new ResendBudget(1000, 0);
    let bytes = 0;
    let sequence = 0;
    for (let nowMs = 0; nowMs < 10_000; nowMs += 10) {
      for (let i = 0; i < 20; i++)
        if (budget.answer(sequence++ & 0xffff, 1000, nowMs) === 'resend') bytes += 1000;
    }
    // 200 kbit/s for 10 s, and half a second in stock at the start.
    expect((bytes * 8) / 1000).toBeGreaterThan(1900);
    expect((bytes * 8) / 1000).toBeLessThan(2200);
  });

  it('lets through more where more is lost, and each twice', () => {
    const budget = new ResendBudget(1000, 0);
    expect(budget.copies).toBe(1);
    budget.setBitrate(1000, 0.3, 0);
    expect(budget.copies).toBe(2);
    let bytes = 0;
    for (let sequence = 0; sequence < 10_000; sequence++)
      if (budget.answer(sequence, 1000, sequence) === 'resend') bytes += 2 * 1000;
    expect((bytes * 8) / 10_000).toBeGreaterThan(700);
    expect((bytes * 8) / 10_000).toBeLessThan(800);
  });

  it('has what it saved for packets that are lost while the bitrate falls', () => {
    const budget = new ResendBudget(300, 0);
    budget.setBitrate(1000, 0, 0);
    budget.setBitrate(150, 0, 3000);
    const resent = Array.from({ length: 20 }, (_, i) => budget.answer(i, 1000, 3000)).filter(
      (answer) => answer === 'resend',
    );
    // Half a second of 200 kbit/s.
    expect(resent.length).toBe(12);
    expect(budget.answer(100, 1000, 3010)).toBe('ignore');
  });

  it('sends one packet again only after a while, and gives it up after four requests', () => {
    const budget = new ResendBudget(5000, 0);
    const answers = [0, 30, 100, 200, 300, 400, 430].map((nowMs) => budget.answer(7, 1000, nowMs));
    expect(answers).toEqual(['resend', 'ignore', 'resend', 'resend', 'resend', 'give up', 'ignore']);
    // Seconds later the number belongs to another packet.
    expect(budget.answer(7, 1000, 60_000)).toBe('resend');
  });

  it.each([100_000, undefined])('gives up what it has no budget for or does not keep: %d bytes', (bytes) => {
    const budget = new ResendBudget(100, 0);
    const answers = [0, 100, 200, 300, 400].map((nowMs) => budget.answer(7, bytes, nowMs));
    expect(answers).toEqual(['ignore', 'ignore', 'ignore', 'ignore', 'give up']);
  });

  it('has nothing to do with what came before the last key frame', () => {
    const budget = new ResendBudget(5000, 0);
    budget.keyFrame(2);
    expect([65_530, 1, 2, 3].map((sequence) => budget.answer(sequence, 1000, 0))).toEqual([
      'ignore',
      'ignore',
      'resend',
      'resend',
    ]);
  });

  it('limits what the sender answers', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const lost = Array.from({ length: 100 }, (_, i) => 1000 + i);
    const { sender, sent } = senderOf(lost);
    limitResends(sender, new ResendBudget(800), () => {});
    for (let repeat = 0; repeat < 50; repeat++) {
      const feedback = new GenericNack({ mediaSourceSsrc: sender.ssrc, lost: [...lost] });
      sender.handleRtcpPacket(new RtcpTransportLayerFeedback({ feedback }));
    }
    // 5000 were asked for; half a second's worth of 160 kbit/s is there.
    expect(sent).toEqual(lost.slice(0, 10));
    expect(sent.length).toBe(10);
  });

  it('sends each resend twice where much is lost', () => {
    const { sender, sent } = senderOf([5, 6]);
    const budget = new ResendBudget(800);
    budget.setBitrate(800, 0.2);
    limitResends(sender, budget, () => {});
    const feedback = new GenericNack({ mediaSourceSsrc: sender.ssrc, lost: [5, 6] });
    sender.handleRtcpPacket(new RtcpTransportLayerFeedback({ feedback }));
    expect(sent).toEqual([5, 6, 5, 6]);
  });

  it('asks for a key frame where a packet is gone for good', async () => {
    const sender = new RTCRtpSender('video');
    let keyFrames = 0;
    limitResends(sender, new ResendBudget(800), () => keyFrames++);
    for (let request = 0; request < 5; request++) {
      expect(keyFrames).toBe(0);
      const feedback = new GenericNack({ mediaSourceSsrc: sender.ssrc, lost: [5, 6] });
      sender.handleRtcpPacket(new RtcpTransportLayerFeedback({ feedback }));
      await sleep(80);
    }
    expect(keyFrames).toBe(1);
  });
});

/** A sender that keeps packets of 1000 bytes, and what it sends of them again. */
function senderOf(sequences: readonly number[]): { sender: RTCRtpSender; sent: number[] } {
  const sender = new RTCRtpSender('video');
  const sent: number[] = [];
  Object.assign(sender, {
    dtlsTransport: { sendRtp: async (_: Buffer, header: RtpHeader) => sent.push(header.sequenceNumber) },
  });
  const { rtpCache } = sender as unknown as { rtpCache: RtpPacket[] };
  for (const sequenceNumber of sequences)
    rtpCache[sequenceNumber % 128] = new RtpPacket(new RtpHeader({ sequenceNumber }), Buffer.alloc(1000));
  return { sender, sent };
}
