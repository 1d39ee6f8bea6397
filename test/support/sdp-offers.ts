/** Offers as browsers of several kinds write them, shortened: what no test looks at is left out. */

export const CREDENTIALS = [
  'a=ice-ufrag:abcd',
  'a=ice-pwd:efghijklmnopqrstuvwxyz',
  `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
  'a=setup:actpass',
];

const head = (mids: string) => [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  `a=group:BUNDLE ${mids}`,
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS',
];

export const audio = (mid: string, ...more: string[]) => [
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  ...CREDENTIALS,
  'a=ice-options:trickle',
  `a=mid:${mid}`,
  'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=rtcp-mux',
  'a=rtcp-rsize',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  'a=rtpmap:9 G722/8000',
  ...more,
];

export const video = (mid: string, ...more: string[]) => [
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  ...CREDENTIALS,
  `a=mid:${mid}`,
  'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'a=rtcp-mux',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 nack',
  'a=rtcp-fb:96 nack pli',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:102 H264/90000',
  'a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f',
  'a=rtpmap:103 rtx/90000',
  'a=fmtp:103 apt=102',
  ...more,
];

export const messages = (mid: string, ...more: string[]) => [
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  ...CREDENTIALS,
  `a=mid:${mid}`,
  'a=sctp-port:5000',
  'a=max-message-size:262144',
  ...more,
];

export const offerOf = (mids: string, ...sections: string[][]) =>
  [...head(mids), ...sections.flat(), ''].join('\r\n');

export const without = (lines: readonly string[], pattern: RegExp) =>
  lines.filter((line) => !pattern.test(line));

/** Sent over another section's transport (RFC 9143 §6). */
export const bundleOnly = (section: readonly string[]) => [
  ...section.with(0, section[0].replace(' 9 ', ' 0 ')),
  'a=bundle-only',
];
