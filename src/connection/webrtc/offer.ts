/** What of an SDP offer (RFC 8866, RFC 8829) we need to know before werift answers it. */

import { type MediaDescription, parse, type SessionDescription } from 'sdp-transform';
import { type CodecChoice, VIDEO_CODECS, type VideoCodec } from '../../contract/formats.ts';
import { VultusError } from '../../errors.ts';

/** A browser's offer has some 10 kB in 300 lines and 3 sections. */
const MAX_OFFER_BYTES = 200_000;
/** The parser tries each line on some 70 patterns: without a limit an offer of empty ones takes half a second. */
const MAX_OFFER_LINES = 3000;
const MAX_SECTIONS = 32;
const SETUPS: readonly string[] = ['actpass', 'passive', 'active'];

/** What a kind of peer is there for; whatever else it offers is refused. */
export interface Wanted {
  video: boolean;
  voice: boolean;
  microphone: boolean;
  messages: boolean;
}

export const EVERYTHING: Wanted = Object.freeze({
  video: true,
  voice: true,
  microphone: true,
  messages: true,
});

export interface Offer {
  /** Which sections are taken, in their order: at most one of each kind. The others are refused. */
  taken: number[];
  /** Those with which nothing is wrong, but that are not wanted: they stay, inactive. */
  idle: number[];
  /** Whether it can only be the client of the DTLS handshake. */
  isDtlsClient: boolean;
  audio: OfferedAudio | undefined;
  video: OfferedVideo | undefined;
}

/** What is sent: the payload type of one format, and its parameters (`a=fmtp`) as offered; empty where it needs none. */
export interface OfferedVideo {
  codec: VideoCodec;
  type: number;
  parameters: string;
}

export interface OfferedAudio {
  /** Whether the peer sends sound. */
  microphone: boolean;
  /** Whether the peer takes sound. */
  listens: boolean;
  /** Payload types of Opus, and of redundant Opus (RFC 2198) where the peer has that. */
  opus: number;
  redundantOpus: number | undefined;
}

/**
 * A peer may offer less than all that is wanted: voice alone, pictures alone, messages alone.
 * @throws VultusError `invalid_offer`, with what is missing
 */
export function readOffer(sdp: string, choice: CodecChoice, wanted: Wanted = EVERYTHING): Offer {
  const session = parseDescription(sdp);
  const video = wanted.video ? alive(session, 'video') : [];
  if (video.length > 0 && !video.some(receives))
    throw new VultusError('invalid_offer', 'the peer does not receive video');
  const audio = alive(session, 'audio').toSorted((a, b) => usefulness(b) - usefulness(a));
  if (!wanted.voice && !audio.some(sends)) throw new VultusError('invalid_offer', 'the peer sends no voice');
  const chosen = {
    video: video.find(receives),
    audio: audio.find(wanted.voice ? () => true : sends),
    messages: wanted.messages ? alive(session, 'application').find(isDataChannel) : undefined,
  };
  const sections = Object.values(chosen).filter((section) => section !== undefined);
  if (sections.length === 0) throw new VultusError('invalid_offer', 'no video, audio or data channel');
  for (const section of sections) {
    requireCredentials(session, section);
    requireRole(session, section);
  }
  return {
    taken: placesOf(sections, session),
    idle: wanted.video ? [] : placesOf(alive(session, 'video').slice(0, 1), session),
    isDtlsClient: setupOf(session, sections[0]) === 'active',
    audio: chosen.audio && readAudio(chosen.audio, wanted),
    video: chosen.video && readVideo(chosen.video, choice),
  };
}

function placesOf(sections: readonly MediaDescription[], session: SessionDescription): number[] {
  return sections.map((section) => session.media.indexOf(section)).toSorted((a, b) => a - b);
}

/** @throws VultusError `invalid_offer` where it is none, or beyond what any peer has to say */
export function parseDescription(sdp: string): SessionDescription {
  if (sdp.length > MAX_OFFER_BYTES || sdp.split(/\r\n|\r|\n/, MAX_OFFER_LINES).length === MAX_OFFER_LINES)
    throw new VultusError('invalid_offer', 'too long');
  if (!sdp.startsWith('v=0')) throw new VultusError('invalid_offer', 'not a session description');
  const session = parse(sdp);
  // What is said for all sections holds where one says nothing itself (RFC 8866 §6.7).
  for (const section of session.media) section.direction ??= session.direction ?? 'sendrecv';
  if (session.media.some(({ protocol, port }) => !protocol || port === undefined))
    throw new VultusError('invalid_offer', 'a section that cannot be read');
  if (session.media.length > MAX_SECTIONS) throw new VultusError('invalid_offer', 'too many sections');
  return session;
}

/** The sections of a kind. Port 0 refuses one, except where it is sent over another one's transport (RFC 9143 §6). */
export function alive(session: SessionDescription, kind: string): MediaDescription[] {
  return session.media.filter(({ type, port, bundleOnly }) => type === kind && (port !== 0 || bundleOnly));
}

/** RFC 8841. */
function isDataChannel({ protocol, payloads, sctpPort, sctpmap }: MediaDescription): boolean {
  return /DTLS\/SCTP/.test(protocol) && payloads !== undefined && (sctpPort ?? sctpmap) !== undefined;
}

/** Where a peer listens in one section and talks in another, the avatar is heard. */
function usefulness(audio: MediaDescription): number {
  return (receives(audio) ? 2 : 0) + (sends(audio) ? 1 : 0);
}

function readAudio(audio: MediaDescription, wanted: Wanted): OfferedAudio {
  const [opus] = payloadTypes(audio, 'opus', 48000, 2);
  if (opus === undefined) throw new VultusError('invalid_offer', 'no Opus');
  const redundantOpus = payloadTypes(audio, 'red', 48000, 2).find((type) =>
    formatParameters(audio, type).includes(`${opus}/${opus}`),
  );
  return {
    opus,
    redundantOpus,
    microphone: wanted.microphone && sends(audio),
    listens: wanted.voice && receives(audio),
  };
}

/** Of `auto`, the first that the peer takes. */
function readVideo(video: MediaDescription, choice: CodecChoice): OfferedVideo {
  if (choice !== 'auto') return { codec: choice, ...formatOf(video, choice) };
  for (const codec of VIDEO_CODECS) {
    try {
      return { codec, ...formatOf(video, codec) };
    } catch {
      // Not this one.
    }
  }
  throw new VultusError('invalid_offer', 'no H.264 baseline with packetization-mode=1, VP8, VP9 or AV1');
}

function formatOf(video: MediaDescription, codec: VideoCodec): Omit<OfferedVideo, 'codec'> {
  return codec === 'h264' ? h264(video) : plain(video, codec);
}

/** A section that is sent over another one's transport has no credentials of its own (RFC 8829 §5.2.1). */
function requireCredentials(session: SessionDescription, section: MediaDescription): void {
  if (section.mid === undefined) throw new VultusError('invalid_offer', `no mid for ${section.type}`);
  const holders = section.bundleOnly ? [session, ...session.media] : [session, section];
  for (const [name, attribute] of [
    ['ice-ufrag', 'iceUfrag'],
    ['ice-pwd', 'icePwd'],
    ['fingerprint', 'fingerprint'],
  ] as const) {
    if (!holders.some((holder) => holder[attribute]))
      throw new VultusError('invalid_offer', `no ${name} for ${section.type}`);
  }
}

/**
 * A peer that leaves the choice to us (`actpass`, RFC 8842 §5.2) or says nothing is the DTLS server, as one that wants
 * to be; one that can only be the client is that.
 */
function requireRole(session: SessionDescription, section: MediaDescription): void {
  const setup = setupOf(session, section);
  if (SETUPS.includes(setup)) return;
  throw new VultusError(
    'invalid_offer',
    `setup:${setup.slice(0, 20)}; this server takes ${SETUPS.join(', ')}`,
  );
}

function setupOf(session: SessionDescription, section: MediaDescription): string {
  return section.setup ?? session.setup ?? 'actpass';
}

export function receives({ direction }: MediaDescription): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

export function sends({ direction }: MediaDescription): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}
function payloadTypes(section: MediaDescription, name: string, rateHz: number, channels?: number): number[] {
  return section.rtp.flatMap(({ payload, codec, rate, encoding }) =>
    codec?.toLowerCase() === name && rate === rateHz && encoding === channels ? [payload] : [],
  );
}

/** As written; a type may have several lines of them. */
function formatParameters(section: MediaDescription, type: number): string[] {
  return section.fmtp.flatMap(({ payload, config }) => (payload === type ? [String(config)] : []));
}

/** VP9 with 8 bits and AV1 of the main profile, where profiles are told apart: 0 for both. */
function plain(video: MediaDescription, codec: Exclude<VideoCodec, 'h264'>): Omit<OfferedVideo, 'codec'> {
  const types = payloadTypes(video, codec, 90000);
  const main = types.find((type) =>
    formatParameters(video, type).some((parameters) => /(^|;)profile(-id)?=0(;|$)/.test(parameters)),
  );
  const type = main ?? types[0];
  if (type === undefined) throw new VultusError('invalid_offer', `no ${codec.toUpperCase()}`);
  return { type, parameters: codec === 'vp9' && main !== undefined ? 'profile-id=0' : '' };
}

/** Baseline, constrained or not (`42` with any constraints), packetization mode 1; plain baseline first. */
function h264(video: MediaDescription): Omit<OfferedVideo, 'codec'> {
  const usable = payloadTypes(video, 'h264', 90000).flatMap((type) => {
    const [parameters = ''] = formatParameters(video, type);
    const fits = /packetization-mode=1/.test(parameters) && /profile-level-id=42/i.test(parameters);
    return fits ? [{ type, parameters }] : [];
  });
  const best = usable.find(({ parameters }) => /profile-level-id=42001f/i.test(parameters)) ?? usable[0];
  if (!best) throw new VultusError('invalid_offer', 'no H.264 baseline with packetization-mode=1');
  return best;
}

/** Whether both descriptions are of one peer: of one certificate (RFC 8122 §5). */
export function sameFingerprint(sdp: string, other: string | undefined): boolean {
  const [a, b] = [sdp, other ?? ''].map(fingerprint);
  return a !== undefined && a === b;
}

function fingerprint(sdp: string): string | undefined {
  const session = parse(sdp);
  const found = [session, ...session.media].find((holder) => holder.fingerprint)?.fingerprint;
  return found && `${found.type} ${found.hash}`.toLowerCase();
}
