import { describe, expect, it } from 'vitest';
import { parseTransportFeedback } from '../../../src/connection/webrtc/transport-feedback.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const SSRCS = '11111111 22222222';

describe('parseTransportFeedback', () => {
  it('a run of received packets', () => {
    // base 10, 3 packets, reference 100 · 64 ms, feedback 7; run length 3 of small deltas; 4, 8 and 0 quarter ms.
    const feedback = parseTransportFeedback(bytes(`${SSRCS} 000a 0003 000064 07 2003 04 08 00`));
    expect(feedback).toEqual({
      feedbackCount: 7,
      packets: [
        { sequence: 10, receivedAtMs: 6401 },
        { sequence: 11, receivedAtMs: 6403 },
        { sequence: 12, receivedAtMs: 6403 },
      ],
    });
  });

  it('a status vector of single bits, across the wrap of sequence numbers', () => {
    // 1 0 1 1 …: 0x8000 | 0b10110000000000
    const feedback = parseTransportFeedback(bytes(`${SSRCS} fffe 0004 000000 00 ac00 04 04 04`));
    expect(feedback?.packets).toEqual([
      { sequence: 65534, receivedAtMs: 1 },
      { sequence: 65535 },
      { sequence: 0, receivedAtMs: 2 },
      { sequence: 1, receivedAtMs: 3 },
    ]);
  });

  it('a status vector of two bits, with a large negative delta', () => {
    // small, not received, large, small: 01 00 10 01 000000
    const feedback = parseTransportFeedback(bytes(`${SSRCS} 0001 0004 000001 00 d240 08 fffc 10`));
    expect(feedback?.packets).toEqual([
      { sequence: 1, receivedAtMs: 66 },
      { sequence: 2 },
      { sequence: 3, receivedAtMs: 65 },
      { sequence: 4, receivedAtMs: 69 },
    ]);
  });

  it('chunks of all kinds one after the other', () => {
    // 2 lost by run length, 7 by two-bit vector (all small), 14 by one-bit vector (all received), 1 more lost.
    const deltas = '04'.repeat(21);
    const feedback = parseTransportFeedback(
      bytes(`${SSRCS} 0000 0018 000000 00 0002 d555 bfff 0001 ${deltas}`),
    );
    expect(feedback?.packets.length).toBe(24);
    const lost = feedback?.packets.filter(({ receivedAtMs }) => receivedAtMs === undefined);
    expect(lost?.map(({ sequence }) => sequence)).toEqual([0, 1, 23]);
    expect(feedback?.packets[22].receivedAtMs).toBe(21);
  });

  it('a reference time is signed', () => {
    const feedback = parseTransportFeedback(bytes(`${SSRCS} 0000 0001 ffffff 00 2001 00`));
    expect(feedback?.packets).toEqual([{ sequence: 0, receivedAtMs: -64 }]);
  });

  it('nothing that tells of more packets than can be on their way', () => {
    const lost = (count: string) =>
      parseTransportFeedback(bytes(`${SSRCS} 0000 ${count} 000000 00 ${'1fff'.repeat(9)}`));
    expect(lost('1000')?.packets).toHaveLength(4096);
    expect(lost('ffff')).toBeUndefined();
  });

  it.each([
    ['too short', `${SSRCS} 000a 0003 0000`],
    ['chunks missing', `${SSRCS} 000a 0003 000064 07`],
    ['deltas missing', `${SSRCS} 000a 0003 000064 07 2003 04`],
    ['half a large delta', `${SSRCS} 000a 0001 000064 07 4001 04`],
    ['an empty run', `${SSRCS} 000a 0003 000064 07 2000 2000`],
  ])('refuses what is damaged: %s', (_, hex) => {
    expect(parseTransportFeedback(bytes(hex))).toBeUndefined();
  });
});
