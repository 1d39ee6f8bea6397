/** Offers as browsers make them (RFC 8866, RFC 8829), shortened. */

const CREDENTIALS = [
  'a=ice-ufrag:x9Qp',
  'a=ice-pwd:pTj9Zp5H1c9VhVtdcQ3Fa8Xk',
  'a=ice-options:trickle',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, i) => (i + 16).toString(16).toUpperCase()).join(':')}`,
  'a=setup:actpass',
];

const session = (...groups: string[]) => [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  ...groups,
];

const AUDIO = [
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
];
const VIDEO = [
  'a=rtcp-mux',
  'a=rtcp-rsize',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 goog-remb',
  'a=rtcp-fb:96 transport-cc',
  'a=rtcp-fb:96 nack',
  'a=rtcp-fb:96 nack pli',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:103 H264/90000',
  'a=rtcp-fb:103 nack pli',
  'a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f',
  'a=rtpmap:98 VP9/90000',
  'a=fmtp:98 profile-id=0',
];
const DATA = ['a=sctp-port:5000', 'a=max-message-size:262144'];
const EXTENSIONS = [
  'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=extmap:13 urn:3gpp:video-orientation',
];
const CANDIDATE = 'a=candidate:842163049 1 udp 1677729535 127.0.0.1 46154 typ host generation 0';

const written = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n`;

export const CHROME_OFFER = written([
  ...session('a=group:BUNDLE 0 1 2', 'a=extmap-allow-mixed', 'a=msid-semantic: WMS'),
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  CANDIDATE,
  ...CREDENTIALS,
  'a=mid:0',
  ...EXTENSIONS,
  'a=sendrecv',
  'a=msid:- 3d1b6b5c',
  ...AUDIO,
  'a=ssrc:3735928559 cname:b6Yk',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 103 98',
  'c=IN IP4 0.0.0.0',
  ...CREDENTIALS,
  'a=mid:1',
  ...EXTENSIONS,
  'a=recvonly',
  ...VIDEO,
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  ...CREDENTIALS,
  'a=mid:2',
  ...DATA,
]);

export const FIREFOX_OFFER = written([
  ...session(
    'a=sendrecv',
    CREDENTIALS[3],
    'a=group:BUNDLE 0 1 2',
    'a=ice-options:trickle',
    'a=msid-semantic:WMS *',
  ),
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 0.0.0.0',
  'a=recvonly',
  ...CREDENTIALS.filter((line) => !line.includes('fingerprint')),
  'a=mid:0',
  ...AUDIO.slice(0, 4),
  'm=video 0 UDP/TLS/RTP/SAVPF 96 103',
  'c=IN IP4 0.0.0.0',
  'a=bundle-only',
  'a=recvonly',
  'a=mid:1',
  ...VIDEO,
  'a=simulcast:recv h;l',
  'a=rid:h recv',
  'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=bundle-only',
  'a=mid:2',
  ...DATA,
]);

const oneWay = (direction: string, setup: string) =>
  written([
    ...session('a=group:BUNDLE 0 1', 'a=extmap-allow-mixed'),
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
    'c=IN IP4 0.0.0.0',
    CANDIDATE,
    ...CREDENTIALS.slice(0, -1),
    `a=setup:${setup}`,
    'a=mid:0',
    `a=${direction}`,
    ...AUDIO,
    'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
    'c=IN IP4 0.0.0.0',
    ...CREDENTIALS.slice(0, -1),
    `a=setup:${setup}`,
    'a=mid:1',
    `a=${direction}`,
    ...VIDEO,
  ]);

/** Of a WHIP publisher that wants to be the DTLS server, and of a WHEP player that wants to be the client. */
export const PUBLISHER_OFFER = oneWay('sendonly', 'passive');
export const PLAYER_OFFER = oneWay('recvonly', 'active');
