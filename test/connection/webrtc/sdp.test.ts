import { describe, expect, it } from 'vitest';
import { finishAnswer } from '../../../src/connection/webrtc/answer.ts';
import { readOffer, sameFingerprint } from '../../../src/connection/webrtc/offer.ts';

const KEYS = ['a=ice-ufrag:abcd', 'a=ice-pwd:efghijklmnopqrstuvwxyz', 'a=fingerprint:sha-256 AB:CD'];
const AUDIO = [
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  ...KEYS,
  'a=mid:0',
  'a=rtpmap:111 opus/48000/2',
  'a=sendrecv',
];
const VIDEO = [
  'm=video 9 UDP/TLS/RTP/SAVPF 96 102 106 108',
  ...KEYS,
  'a=mid:1',
  'a=recvonly',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:102 H264/90000',
  'a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f',
  'a=rtpmap:106 H264/90000',
  'a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  'a=rtpmap:108 H264/90000',
  'a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f',
];
const sdp = (...lines: string[]) =>
  ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', ...lines, ''].join('\r\n');
const without = (lines: string[], pattern: RegExp) => lines.filter((line) => !pattern.test(line));

describe('readOffer', () => {
  it('chooses plain baseline with packetization mode 1', () => {
    expect(readOffer(sdp(...AUDIO, ...VIDEO), 'h264')).toEqual({
      taken: [0, 1],
      idle: [],
      isDtlsClient: false,
      audio: { microphone: true, listens: true, opus: 111, redundantOpus: undefined },
      video: {
        codec: 'h264',
        type: 108,
        parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f',
      },
    });
  });

  it.each([
    [/nothing/, { codec: 'h264', type: 108, parameters: expect.stringContaining('42001f') }],
    [/H264|packetization/, { codec: 'vp8', type: 96, parameters: '' }],
    // Debian's Firefox has no H.264 without a download; some have none of these.
    [/H264|packetization|VP8/, undefined],
  ])('leaves the codec to the peer: without %s', (missing, expected) => {
    const read = () => readOffer(sdp(...AUDIO, ...without(VIDEO, missing)), 'auto').video;
    if (expected) expect(read()).toEqual(expected);
    else expect(read).toThrow(/no H.264 .*VP8, VP9 or AV1/);
  });

  it('finds redundant Opus, where it is of Opus', () => {
    const red = (parameters: string) => ['a=rtpmap:63 red/48000/2', `a=fmtp:63 ${parameters}`];
    expect(readOffer(sdp(...AUDIO, ...red('111/111'), ...VIDEO), 'h264').audio?.redundantOpus).toBe(63);
    expect(readOffer(sdp(...AUDIO, ...red('9/9'), ...VIDEO), 'h264').audio?.redundantOpus).toBeUndefined();
  });

  it('takes constrained baseline where there is no other (Firefox, Safari)', () => {
    const offer = readOffer(sdp(...AUDIO, ...without(VIDEO, /:108 /)), 'h264');
    expect(offer.video?.parameters).toContain('42e01f');
  });

  it.each([
    ['a=recvonly', { microphone: false, listens: true }],
    ['a=sendonly', { microphone: true, listens: false }],
    ['a=inactive', { microphone: false, listens: false }],
  ])('reads who talks and who listens: %s', (line, expected) => {
    const offer = readOffer(sdp(...without(AUDIO, /a=sendrecv/), line, ...VIDEO), 'vp8');
    expect(offer).toMatchObject({ audio: expected, video: { parameters: '' } });
  });

  it.each([
    ['nothing', ''],
    ['not SDP', 'hello'],
    ['no media', sdp()],
    ['video sent, not received', sdp(...AUDIO, ...without(VIDEO, /a=recvonly/), 'a=sendonly')],
    ['no Opus', sdp(...without(AUDIO, /opus/), ...VIDEO)],
    ['no ICE credentials', sdp(...AUDIO, ...without(VIDEO, /ufrag/))],
    ['no fingerprint', sdp(...without(AUDIO, /fingerprint/), ...VIDEO)],
    ['H.264 without packetization mode 1', sdp(...AUDIO, ...without(VIDEO, /:10[68] /))],
    ['no ICE password', sdp(...without(AUDIO, /ice-pwd/), ...VIDEO)],
    ['everything refused', sdp(...VIDEO.with(0, 'm=video 0 UDP/TLS/RTP/SAVPF 96 102 106 108'))],
    ['a section without a mid', sdp(...AUDIO, ...without(VIDEO, /mid/))],
    ['too many sections', sdp(...AUDIO, ...VIDEO, ...Array.from({ length: 31 }, () => VIDEO).flat())],
    ['lines that are no SDP', sdp('m=', 'a=', 'a=rtpmap:', 'a=fmtp:x', '=', '\u0000\u0001', ...VIDEO)],
    ['a section without a port', sdp(...AUDIO.with(0, 'm=audio'), ...VIDEO)],
    ['too long', sdp(...AUDIO, ...VIDEO, `a=x:${'x'.repeat(200_000)}`)],
    ['too many lines', sdp(...AUDIO, ...VIDEO, ...new Array<string>(3000).fill('a='))],
  ])('refuses an offer with a code: %s', (_, offer) => {
    expect(() => readOffer(offer, 'h264')).toThrow(expect.objectContaining({ code: 'invalid_offer' }));
  });

  it('takes a section that is bundled with another one, without port and credentials of its own (Firefox)', () => {
    const bundled = VIDEO.with(0, 'm=video 0 UDP/TLS/RTP/SAVPF 96 102 106 108');
    const video = [...without(bundled, /ufrag|pwd|fingerprint/), 'a=bundle-only'];
    expect(readOffer(sdp(...AUDIO, ...video), 'vp8')).toMatchObject({
      taken: [0, 1],
      audio: { listens: true },
    });
    expect(() => readOffer(sdp(...without(AUDIO, /fingerprint/), ...video), 'vp8')).toThrow(
      expect.objectContaining({ code: 'invalid_offer' }),
    );
  });

  it.each(['holdconn', 'x'])('refuses a peer that is neither DTLS server nor client: setup:%s', (setup) => {
    const refusal = expect.objectContaining({
      code: 'invalid_offer',
      detail: `setup:${setup}; this server takes actpass, passive, active`,
    });
    const line = `a=setup:${setup}`;
    expect(() => readOffer(sdp(...AUDIO, line, ...VIDEO), 'vp8')).toThrow(refusal);
    expect(() => readOffer(sdp(line, ...AUDIO, ...VIDEO), 'vp8')).toThrow(refusal);
  });

  it('finds one peer by its fingerprint, however it is written', () => {
    const offer = sdp(...AUDIO, ...VIDEO);
    expect(sameFingerprint(offer, sdp('a=fingerprint:SHA-256 ab:cd'))).toBe(true);
    expect(sameFingerprint(offer, sdp('a=fingerprint:sha-256 AB:CE'))).toBe(false);
    expect(sameFingerprint(sdp(), sdp())).toBe(false);
    expect(sameFingerprint(offer, undefined)).toBe(false);
  });

  it('finds VP9 with 8 bits and AV1', () => {
    const video = (...lines: string[]) => sdp(...AUDIO, ...VIDEO, ...lines);
    const vp9 = ['a=rtpmap:98 VP9/90000', 'a=fmtp:98 profile-id=0'];
    expect(readOffer(video(...vp9), 'vp9').video?.parameters).toBe('profile-id=0');
    expect(readOffer(video('a=rtpmap:45 AV1/90000'), 'av1').video?.parameters).toBe('');
    expect(() => readOffer(video(...vp9), 'av1')).toThrow(
      expect.objectContaining({ code: 'invalid_offer', detail: 'no AV1' }),
    );
  });

  it('refuses VP8 that is not offered', () => {
    const offer = sdp(...AUDIO, ...without(VIDEO, /VP8/));
    expect(() => readOffer(offer, 'vp8')).toThrow(
      expect.objectContaining({ code: 'invalid_offer', detail: 'no VP8' }),
    );
  });
});

describe('finishAnswer', () => {
  const relay = 'a=candidate:1 1 udp 33554431 203.0.113.9 3478 typ relay raddr 10.0.0.2 rport 5000';
  const tcp = 'a=candidate:2 1 tcp 2105524479 10.0.0.2 9 typ host tcptype active';
  const host = 'a=candidate:3 1 udp 2130706431 10.0.0.2 5000 typ host generation 0';
  const host6 = 'a=candidate:4 1 udp 2130706430 fd00::2 5001 typ host generation 0';
  const answer = ['m=video', relay, tcp, host, host6, 'a=end-of-candidates', 'm=audio', relay, host, ''].join(
    '\r\n',
  );

  it('puts host candidates over UDP first, in every section', () => {
    expect(finishAnswer(answer).split('\r\n')).toEqual([
      'm=video',
      host,
      host6,
      relay,
      tcp,
      'a=end-of-candidates',
      'm=audio',
      host,
      relay,
      '',
    ]);
  });

  it('offers the public address of its family too, with the same port', () => {
    const lines = finishAnswer(answer, '198.51.100.7').split('\r\n');
    const added = lines.filter((line) => line.includes('198.51.100.7'));
    expect(added.length).toBe(2);
    expect(lines[1]).toBe('a=candidate:public0 1 udp 2130706431 198.51.100.7 5000 typ host generation 0');
  });
});
