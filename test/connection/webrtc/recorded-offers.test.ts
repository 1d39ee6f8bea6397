import { afterEach, describe, expect, it } from 'vitest';
import { WebRtcConnection } from '../../../src/connection/webrtc/webrtc-connection.ts';
import type { WebRtcOptions } from '../../../src/connection/webrtc/webrtc-options.ts';
import { requirePlainOffer } from '../../../src/connection/whip/whip-offer.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';
import { OBS_30, offerSdp, RECORDED_OFFERS } from './fixtures/recorded-offers.ts';

const owned: { close(): unknown }[] = [];
afterEach(() => {
  for (const thing of owned.splice(0).reverse()) thing.close();
});

async function answer(offer: string, options: Partial<WebRtcOptions> = {}): Promise<string> {
  const session = new ScriptedSession('s1', { codec: 'auto' });
  const accepted = await WebRtcConnection.accept(session, offer, { voiceInput: 'speak', ...options });
  owned.push(session, accepted.connection);
  return accepted.answerSdp;
}

/** Kind, payload types and direction of each section. */
const sectionsOf = (sdp: string) =>
  sdp
    .split(/^(?=m=)/m)
    .slice(1)
    .map((section) => {
      const [, kind, types] = /^m=(\w+) [1-9]\d* \S+ (.*)\r$/m.exec(section) ?? ['', 'refused', ''];
      const [direction] = /(?<=^a=)(sendrecv|sendonly|recvonly|inactive)/m.exec(section) ?? [''];
      return `${kind} ${types} ${direction}`.trim();
    });

const MESSAGES = 'application webrtc-datachannel';
const EXPECTED: Record<string, { sections: string[]; video: RegExp }> = {
  'Safari 18.6 (macOS 15.6)': {
    sections: [MESSAGES, 'video 98 sendonly', 'audio 63 111 sendonly'],
    video: /a=fmtp:98 .*packetization-mode=1;profile-level-id=42e01f/,
  },
  'Safari with H.265 (2024)': {
    sections: ['audio 63 111 sendrecv', 'video 98 sendonly', MESSAGES],
    video: /a=rtpmap:98 H264/,
  },
  'Safari on iOS 15': {
    sections: ['audio 111 sendrecv', 'video 98 sendonly', MESSAGES],
    video: /a=rtpmap:98 H264/,
  },
  'Android WebView 136 (Android 10)': {
    sections: ['video 96 sendonly', 'audio 63 111 sendonly'],
    video: /a=rtpmap:96 VP8/,
  },
  'Android WebView 135 (Android 10)': {
    sections: ['video 108 sendonly', 'audio 63 111 sendonly'],
    video: /a=fmtp:108 .*profile-level-id=42001f/,
  },
  'Chrome 81 on Android, H.264 of level 2.1 alone': {
    sections: ['audio 111 sendrecv', 'video 100 sendonly'],
    video: /a=fmtp:100 .*profile-level-id=42e015/,
  },
  'Chrome 83 on Android, without H.264': {
    sections: ['audio 111 sendonly', 'video 96 sendonly'],
    video: /a=rtpmap:96 VP8/,
  },
};

describe('answers to recorded offers', () => {
  it.each(RECORDED_OFFERS.map((offer) => [offer.browser, offer] as const))('%s', async (browser, offer) => {
    const sdp = await answer(offerSdp(offer));
    expect(sectionsOf(sdp)).toEqual(EXPECTED[browser].sections);
    expect(sdp).toMatch(EXPECTED[browser].video);
    // One transport, and every section of the offer in its bundle.
    expect(new Set(sdp.match(/^a=ice-ufrag:.*$/gm)).size).toBe(1);
    expect(sdp).toContain(`a=group:BUNDLE ${offer.sections.map(({ mid }) => mid).join(' ')}\r\n`);
  });

  it('OBS 30 publishes by WHIP', async () => {
    requirePlainOffer(OBS_30.sdp, 'whip');
    const sdp = await answer(OBS_30.sdp, { kind: 'whip' });
    expect(sectionsOf(sdp)).toEqual(['audio 111 recvonly', 'video 96 inactive']);
    expect(sdp).toContain('a=group:BUNDLE 0 1\r\n');
  });
});
