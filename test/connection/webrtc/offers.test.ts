import { afterEach, describe, expect, it } from 'vitest';
import { WebRtcConnection } from '../../../src/connection/webrtc/webrtc-connection.ts';
import type { SessionApi } from '../../../src/session/session-api.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';
import { audio, bundleOnly, messages, offerOf, video, without } from '../../support/sdp-offers.ts';

const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

async function answer(offer: string, codec: SessionApi['settings']['codec'] = 'vp8'): Promise<string> {
  const session = new ScriptedSession('s1', { codec });
  const { connection, answerSdp } = await WebRtcConnection.accept(session, offer, { voiceInput: 'speak' });
  owned.push(session, connection);
  return answerSdp;
}

/** Kind, whether it is taken, mid and direction of each section. */
function sections(sdp: string): string[] {
  return sdp
    .split(/^(?=m=)/m)
    .slice(1)
    .map((section) => {
      const [, kind, port] = /^m=(\w+) (\d+)/.exec(section)!;
      const [, mid] = /^a=mid:(.*)\r$/m.exec(section) ?? [];
      const [direction] = /(?<=^a=)(sendrecv|sendonly|recvonly|inactive)/m.exec(section) ?? [''];
      return `${kind} ${port === '0' ? 'refused' : 'taken'} ${mid} ${direction}`.trim();
    });
}

const bundle = (sdp: string) => /^a=group:BUNDLE (.*)\r$/m.exec(sdp)?.[1];

describe('answers', () => {
  it('Firefox: sections that are bundled have port 0 and no credentials', async () => {
    const bare = (section: string[]) => without(bundleOnly(section), /ufrag|pwd|fingerprint/);
    const sdp = await answer(
      offerOf('0 1 2', audio('0'), bare(video('1', 'a=recvonly')), bare(messages('2'))),
    );
    expect(sections(sdp)).toEqual([
      'audio taken 0 sendrecv',
      'video taken 1 sendonly',
      'application taken 2',
    ]);
    expect(bundle(sdp)).toBe('0 1 2');
    // One transport: one place to send to.
    expect(new Set(sdp.match(/^a=ice-ufrag:.*$/gm)).size).toBe(1);
  });

  it('shaped like those of an early Safari: the mids are words, the pictures come first, and there is no data channel', async () => {
    const sdp = await answer(
      offerOf('video audio', video('video', 'a=recvonly'), bundleOnly(audio('audio', 'a=recvonly'))),
      'h264',
    );
    expect(sections(sdp)).toEqual(['video taken video sendonly', 'audio taken audio sendonly']);
    expect(sdp).toContain('a=rtpmap:102 H264/90000');
  });

  it('shaped like those of Chrome on Android: H.264 of its hardware alone, constrained, under another number', async () => {
    const hardware = [
      ...without(video('1', 'a=recvonly'), /:(102|103) /),
      'a=rtpmap:39 H264/90000',
      'a=fmtp:39 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    ].with(0, 'm=video 9 UDP/TLS/RTP/SAVPF 96 97 39');
    const sdp = await answer(offerOf('0 1 2', messages('0'), hardware, audio('2', 'a=sendrecv')), 'h264');
    expect(sections(sdp)).toEqual([
      'application taken 0',
      'video taken 1 sendonly',
      'audio taken 2 sendrecv',
    ]);
    expect(sdp).toContain('a=rtpmap:39 H264/90000');
  });

  it.each([
    ['voice alone', offerOf('0', audio('0', 'a=recvonly')), ['audio taken 0 sendonly']],
    ['pictures alone', offerOf('0', video('0', 'a=recvonly')), ['video taken 0 sendonly']],
    ['messages alone', offerOf('data', messages('data')), ['application taken data']],
  ])('%s', async (_, offer, expected) => {
    expect(sections(await answer(offer))).toEqual(expected);
  });

  it('refuses what it does not take, section by section, in the order of the offer', async () => {
    const text = ['m=text 9 UDP/TLS/RTP/SAVPF 100', 'c=IN IP4 0.0.0.0', 'a=mid:t', 'a=rtpmap:100 t140/1000'];
    const stopped = without(audio('s', 'a=inactive'), /group/).with(
      0,
      'm=audio 0 UDP/TLS/RTP/SAVPF 111 63 9 0 8',
    );
    const sdp = await answer(
      offerOf(
        't c s m v x a b',
        text,
        video('c', 'a=sendonly'),
        stopped,
        messages('m'),
        video('v', 'a=recvonly'),
        video('x', 'a=recvonly'),
        audio('a', 'a=sendonly'),
        audio('b', 'a=recvonly'),
      ),
    );
    expect(sections(sdp)).toEqual([
      'text refused t inactive',
      'video refused c inactive',
      'audio refused s inactive',
      'application taken m',
      'video taken v sendonly',
      'video refused x inactive',
      'audio refused a inactive',
      'audio taken b sendonly',
    ]);
    expect(bundle(sdp)).toBe('m v b');
  });

  it('a camera that sends several layers is answered without them', async () => {
    const layers = ['a=rid:l send', 'a=rid:h send', 'a=simulcast:send l;h'];
    const sdp = await answer(offerOf('0 1', audio('0'), video('1', 'a=sendrecv', ...layers)));
    expect(sections(sdp)).toEqual(['audio taken 0 sendrecv', 'video taken 1 sendonly']);
    expect(sdp).not.toMatch(/rid|simulcast/);
  });

  it('each peer gets what it can show, and is told which', async () => {
    const session = new ScriptedSession('s1', { codec: 'auto' });
    const offer = offerOf('0', without(video('0', 'a=recvonly'), /H264|packetization/));
    const accepted = await WebRtcConnection.accept(session, offer, { voiceInput: 'speak' });
    owned.push(session, accepted.connection);
    expect(accepted.answerSdp).toMatch(/a=rtpmap:\d+ VP8\/90000/);
  });

  it('formats of known numbers that are described by their parameters only', async () => {
    const sdp = await answer(offerOf('0', audio('0', 'a=fmtp:8 annexb=no')));
    expect(sections(sdp)).toEqual(['audio taken 0 sendrecv']);
  });
});
