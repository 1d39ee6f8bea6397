import { describe, expect, it } from 'vitest';
import { readOffer } from '../../../src/connection/webrtc/offer.ts';
import { remoteDescription } from '../../../src/connection/webrtc/remote-description.ts';
import { audio, bundleOnly, offerOf, video, without } from '../../support/sdp-offers.ts';

const candidate = (address: string, { port = '4000', transport = 'udp', type = 'host' } = {}) =>
  `a=candidate:1 1 ${transport} 2130706431 ${address} ${port} typ ${type}`;

function tried(...candidates: string[]): string[] {
  const offer = offerOf('0 1', audio('0', ...candidates), video('1', 'a=recvonly', ...candidates));
  return remoteDescription(offer, readOffer(offer, 'vp8')).match(/(?<=^a=candidate:).*(?=\r$)/gm) ?? [];
}

describe('what werift is told of an offer', () => {
  it('addresses that a peer may have, each once', () => {
    const good = [
      candidate('192.0.2.7'),
      candidate('10.0.0.9', { type: 'srflx' }),
      candidate('2001:db8::7', { type: 'relay' }),
    ];
    expect(tried(...good)).toEqual(good.map((line) => line.slice('a=candidate:'.length)));
  });

  it.each([
    '1b2c3d4e-0000-4000-8000-123456789abc.local',
    'metadata.internal.example',
    'localhost',
    '127.0.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.251',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    'fe80::1',
    'ff02::fb',
    'not an address',
  ])('not %s', (address) => {
    expect(tried(candidate(address))).toEqual([]);
  });

  it('no TCP, no ports that are none', () => {
    const bad = ['0', '65536', '99999', 'x', '-1'].map((port) => candidate('192.0.2.7', { port }));
    expect(tried(candidate('192.0.2.7', { transport: 'tcp' }), ...bad)).toEqual([]);
  });

  it('few addresses, however many are named', () => {
    expect(
      tried(...Array.from({ length: 700 }, (_, i) => candidate('192.0.2.7', { port: `${i + 1}` }))),
    ).toHaveLength(16);
  });

  it('not that the candidates have ended: whoever is hidden behind a name is found by its own checks', () => {
    const offer = offerOf('0', audio('0', candidate('x.local'), 'a=end-of-candidates'));
    expect(remoteDescription(offer, readOffer(offer, 'vp8'))).not.toContain('end-of-candidates');
  });

  it('the credentials of a bundle in each of its sections, whatever these are called', () => {
    const bare = without(bundleOnly(video('v', 'a=recvonly')), /ufrag|pwd|fingerprint|setup/);
    const offer = offerOf('a v', audio('a'), bare);
    const told = remoteDescription(offer, readOffer(offer, 'vp8'));
    expect(told.match(/^a=ice-ufrag:abcd/gm)).toHaveLength(2);
    expect(told.match(/^a=setup:actpass/gm)).toHaveLength(2);
    expect(told).toContain('m=video 9 ');
  });
});
