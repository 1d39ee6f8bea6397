/** What of an SDP offer (RFC 8866, RFC 8829) we need to know before werift answers it. */

import { type MediaDescription, parse, type SessionDescription } from 'sdp-transform';
import type { VideoCodec } from '../../contract/formats.ts';
import { VultusError } from '../../errors.ts';

/** A browser's offer has some 10 kB in 300 lines. */
const MAX_OFFER_BYTES = 200_000;
/** The parser tries each line on some 70 patterns: without a limit an offer of empty ones takes half a second. */
const MAX_OFFER_LINES = 3000;

export interface Offer {
  /** Whether the peer sends sound. */
  microphone: boolean;
  /** Whether the peer takes sound. */
  listens: boolean;
  /** Format parameters (`a=fmtp`) of the video codec, as offered; empty where it needs none. */
  videoParameters: string;
  /** Payload types of Opus, and of redundant Opus (RFC 2198) where the peer has that. */
  opus: number;
  redundantOpus: number | undefined;
}

/** Throws `invalid_offer` with what is missing. */
export function readOffer(sdp: string, codec: VideoCodec): Offer {
  const session = parseDescription(sdp);
  const video = only(session, 'video');
  const audio = only(session, 'audio');
  for (const section of [video, audio]) requireCredentials(session, section);
  if (!receives(video)) throw new VultusError('invalid_offer', 'the peer does not receive video');
  const [opus] = payloadTypes(audio, 'opus', 48000, 2);
  if (opus === undefined) throw new VultusError('invalid_offer', 'no Opus');
  const redundant = payloadTypes(audio, 'red', 48000, 2).find((type) =>
    formatParameters(audio, type).includes(`${opus}/${opus}`),
  );
  return {
    opus,
    redundantOpus: redundant,
    microphone: direction(audio) === 'sendrecv' || direction(audio) === 'sendonly',
    listens: receives(audio),
    videoParameters: codec === 'h264' ? h264(video) : plain(video, codec),
  };
}

function parseDescription(sdp: string): SessionDescription {
  if (sdp.length > MAX_OFFER_BYTES || sdp.split(/\r\n|\r|\n/, MAX_OFFER_LINES).length === MAX_OFFER_LINES)
    throw new VultusError('invalid_offer', 'too long');
  if (!sdp.startsWith('v=0')) throw new VultusError('invalid_offer', 'not a session description');
  return parse(sdp);
}

/** The section of a kind. Port 0 refuses it, except where it is sent over another one's transport (RFC 9143 §6). */
function only(session: SessionDescription, kind: string): MediaDescription {
  const found = session.media.filter(({ type }) => type === kind);
  if (found.length !== 1)
    throw new VultusError('invalid_offer', `${found.length} ${kind} tracks instead of one`);
  if (found[0].port === 0 && !found[0].bundleOnly) throw new VultusError('invalid_offer', `no ${kind} track`);
  return found[0];
}

/** A section that is sent over another one's transport has no credentials of its own (RFC 8829 §5.2.1). */
function requireCredentials(session: SessionDescription, section: MediaDescription): void {
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

function direction(section: MediaDescription): string {
  return section.direction ?? 'sendrecv';
}

function receives(section: MediaDescription): boolean {
  return ['sendrecv', 'recvonly'].includes(direction(section));
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

/** A codec that werift finds by its name; VP9 only with 8 bits, which is profile 0. */
function plain(video: MediaDescription, codec: Exclude<VideoCodec, 'h264'>): string {
  const types = payloadTypes(video, codec, 90000);
  if (types.length === 0) throw new VultusError('invalid_offer', `no ${codec.toUpperCase()}`);
  const profiled = types.some((type) => formatParameters(video, type).includes('profile-id=0'));
  return codec === 'vp9' && profiled ? 'profile-id=0' : '';
}

/** Baseline, constrained or not (`42` with any constraints), packetization mode 1; plain baseline first. */
function h264(video: MediaDescription): string {
  const offered = payloadTypes(video, 'h264', 90000).flatMap((type) =>
    formatParameters(video, type).slice(0, 1),
  );
  const usable = offered.filter(
    (parameters) => /packetization-mode=1/.test(parameters) && /profile-level-id=42/i.test(parameters),
  );
  const best = usable.find((parameters) => /profile-level-id=42001f/i.test(parameters)) ?? usable[0];
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
