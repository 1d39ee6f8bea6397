import { afterEach, describe, expect, it, vi } from 'vitest';
import { RtpHeader } from 'werift';
import { dropCutHeaders } from '../../../../src/connection/webrtc/werift/rtp-headers.ts';
import { weriftPair } from '../../../support/werift-pair.ts';

const owned: { close(): unknown }[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

describe('dropCutHeaders', () => {
  it('reads no header that goes on beyond its packet', { timeout: 30_000 }, async () => {
    const pair = await weriftPair(dropCutHeaders);
    owned.push(pair);
    await pair.connected();
    const read = vi.spyOn(RtpHeader, 'deSerialize').mockImplementation(() => {
      throw new Error('was read');
    });
    const fixed = '6f00010000000100000001';
    const decrypt = (hex: string) => () => pair.transport.srtp!.decrypt(Buffer.from(hex, 'hex'));
    const tag = '11'.repeat(16);
    for (const cut of [
      '',
      '80',
      // 65,535 words of extensions, in 16 bytes; one word, of which a byte is not there.
      `90${fixed}bedeffff${tag}`,
      `90${fixed}bede000111111`.padEnd(38, '1'),
      // An extension without its length, and sources that are not there.
      `90${fixed}bede00`,
      `8f${fixed}${tag}`,
    ])
      expect(decrypt(cut)).toThrow('a packet that is shorter than its header');
    expect(read).not.toHaveBeenCalled();
    for (const whole of [`80${fixed}${tag}`, `90${fixed}bede000111111111${tag}`, `81${fixed}00000001${tag}`])
      expect(decrypt(whole)).toThrow(/authenticate/);
    expect(read).toHaveBeenCalledTimes(3);
  });
});
