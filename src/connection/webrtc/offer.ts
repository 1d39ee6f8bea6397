/** What of an SDP offer (RFC 8866, RFC 8829) we need to know before werift answers it. */

import type { VideoCodec } from '../../contract/formats.ts';
import { VultusError } from '../../errors.ts';

/** A browser's offer has some 10 kB. */
const MAX_OFFER_BYTES = 200_000;

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

interface Section {
  kind: string;
  lines: string[];
}

/** Throws `invalid_offer` with what is missing. */
export function readOffer(sdp: string, codec: VideoCodec): Offer {
  if (sdp.length > MAX_OFFER_BYTES) throw new VultusError('invalid_offer', 'too long');
  if (!sdp.startsWith('v=0')) throw new VultusError('invalid_offer', 'not a session description');
  const sections = splitSections(sdp);
  const video = only(sections, 'video');
  const audio = only(sections, 'audio');
  const common = sdp.split(/^m=/m)[0].split(/\r?\n/);
  for (const { kind, lines } of [video, audio]) {
    for (const needed of ['ice-ufrag', 'ice-pwd', 'fingerprint']) {
      if (![...common, ...lines].some((line) => line.startsWith(`a=${needed}:`)))
        throw new VultusError('invalid_offer', `no ${needed} for ${kind}`);
    }
  }
  if (!receives(video)) throw new VultusError('invalid_offer', 'the peer does not receive video');
  const [opus] = payloadTypes(audio, 'opus/48000/2');
  if (opus === undefined) throw new VultusError('invalid_offer', 'no Opus');
  const redundant = payloadTypes(audio, 'red/48000/2').find((type) =>
    audio.lines.includes(`a=fmtp:${type} ${opus}/${opus}`),
  );
  return {
    opus: Number(opus),
    redundantOpus: redundant === undefined ? undefined : Number(redundant),
    microphone: direction(audio) === 'sendrecv' || direction(audio) === 'sendonly',
    listens: receives(audio),
    videoParameters: codec === 'h264' ? h264(video) : plain(video, codec),
  };
}

function splitSections(sdp: string): Section[] {
  const sections: Section[] = [];
  for (const line of sdp.split(/\r?\n/)) {
    if (line.startsWith('m=')) sections.push({ kind: line.slice(2).split(' ')[0], lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

function only(sections: Section[], kind: string): Section {
  const found = sections.filter((section) => section.kind === kind);
  if (found.length === 1) return found[0];
  throw new VultusError('invalid_offer', `${found.length} ${kind} tracks instead of one`);
}

function direction({ lines }: Section): string {
  const found = lines.find((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line));
  return found?.slice(2) ?? 'sendrecv';
}

function receives(section: Section): boolean {
  return ['sendrecv', 'recvonly'].includes(direction(section));
}

function payloadTypes({ lines }: Section, encoding: string): string[] {
  return lines.flatMap((line) => {
    const match = /^a=rtpmap:(\d+) (\S+)$/.exec(line);
    return match && match[2].toLowerCase() === encoding.toLowerCase() ? [match[1]] : [];
  });
}

/** A codec that werift finds by its name; VP9 only with 8 bits, which is profile 0. */
function plain(video: Section, codec: Exclude<VideoCodec, 'h264'>): string {
  const name = codec.toUpperCase();
  const types = payloadTypes(video, `${name}/90000`);
  if (types.length === 0) throw new VultusError('invalid_offer', `no ${name}`);
  const profiled = types.some((type) => video.lines.includes(`a=fmtp:${type} profile-id=0`));
  return codec === 'vp9' && profiled ? 'profile-id=0' : '';
}

/** Baseline, constrained or not (`42` with any constraints), packetization mode 1; plain baseline first. */
function h264(video: Section): string {
  const offered = payloadTypes(video, 'H264/90000').flatMap((type) => {
    const prefix = `a=fmtp:${type} `;
    const line = video.lines.find((candidate) => candidate.startsWith(prefix));
    return line ? [line.slice(prefix.length)] : [];
  });
  const usable = offered.filter(
    (parameters) => /packetization-mode=1/.test(parameters) && /profile-level-id=42/i.test(parameters),
  );
  const best = usable.find((parameters) => /profile-level-id=42001f/i.test(parameters)) ?? usable[0];
  if (!best) throw new VultusError('invalid_offer', 'no H.264 baseline with packetization-mode=1');
  return best;
}

/** Whether both descriptions are of one peer: of one certificate (RFC 8122 §5). */
export function sameFingerprint(sdp: string, other: string | undefined): boolean {
  const [a, b] = [sdp, other ?? ''].map((text) =>
    /^a=fingerprint:(.*)$/im.exec(text)?.[1].trim().toLowerCase(),
  );
  return a !== undefined && a === b;
}
