import { describe, expect, it } from 'vitest';
import { parseRtcp } from '../../../src/connection/webrtc/rtcp-feedback.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));

const REPORT = '81c90007 00000001 aabbccdd 40 000005 00001234 00000010 00000000 00000000';
const PICTURE_LOSS = '81ce0002 00000001 aabbccdd';
const FULL_INTRA = '84ce0004 00000001 00000000 aabbccdd 05000000';
const TRANSPORT = '8fcd0005 00000001 aabbccdd 000a 0001 000064 07 2001 04 00';

describe('parseRtcp', () => {
  it('reads each kind in a compound packet, also behind ones of no interest', () => {
    const description = '81ca0002 00000001 01016100';
    const nack = '81cd0003 00000001 aabbccdd 00640000';
    const found = parseRtcp(bytes(REPORT + description + nack + PICTURE_LOSS + FULL_INTRA + TRANSPORT));
    expect(found).toEqual([
      { kind: 'report', mediaSsrc: 0xaabbccdd, fractionLost: 0.25 },
      { kind: 'key-frame-request', mediaSsrc: 0xaabbccdd },
      { kind: 'key-frame-request', mediaSsrc: 0xaabbccdd },
      {
        kind: 'transport',
        feedback: { feedbackCount: 7, packets: [{ sequence: 10, receivedAtMs: 6401 }] },
      },
    ]);
  });

  it('reads the report blocks of a sender report, as a browser with a microphone sends it', () => {
    const senderReport =
      '81c8000c 00000001 0000000000000000 00000000 00000000 00000000 ' +
      'aabbccdd 80 000005 00001234 00000010 00000000 00000000';
    expect(parseRtcp(bytes(senderReport))).toEqual([
      { kind: 'report', mediaSsrc: 0xaabbccdd, fractionLost: 0.5 },
    ]);
  });

  it('leaves padding out', () => {
    const padded = 'a1ce0003 00000001 aabbccdd 00000004';
    expect(parseRtcp(bytes(padded))).toEqual([{ kind: 'key-frame-request', mediaSsrc: 0xaabbccdd }]);
  });

  it('survives every cut and every flipped byte', () => {
    const whole = bytes(REPORT + PICTURE_LOSS + FULL_INTRA + TRANSPORT);
    for (let length = 0; length < whole.length; length++)
      expect(parseRtcp(whole.subarray(0, length)).length).toBeLessThan(4);
    for (let at = 0; at < whole.length; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const damaged = whole.slice();
        damaged[at] ^= mask;
        expect(() => parseRtcp(damaged)).not.toThrow();
      }
    }
  });
});
