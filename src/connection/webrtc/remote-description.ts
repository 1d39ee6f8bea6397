/**
 * What of an offer werift is told: the sections that are taken, in plain words. werift 0.25 refuses whole offers with
 * sections of other kinds, takes port 0 of bundled ones for a refusal, finds credentials of a bundle only where its
 * mids are numbers, takes silence about directions for `inactive`, agrees to simulcast, looks up host names, gives up
 * as soon as the candidates have ended, and takes the first payload type of a codec whatever its profile.
 */
import type { Offer } from './offer.ts';
import { RemoteCandidates } from './remote-candidates.ts';
import { attribute, joinSdp, type SdpText, splitSdp } from './sdp-text.ts';

/** Of a transport: a bundled section has those of another one (RFC 8829 §5.2.1). */
const CREDENTIALS = ['ice-ufrag', 'ice-pwd', 'fingerprint', 'setup'];
/** What a bundled section says of its transport. */
const TRANSPORT = /^a=(ice-|fingerprint:|setup:|candidate:|end-of-candidates)/;
/** Written anew, or nothing that we take part in. */
const LEFT_OUT = /^(c=|a=(candidate|end-of-candidates|bundle-only|rtcp|rid|simulcast|group)(:|$))/;
const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)$/;

/**
 * `candidates`: chooses among those of the offer, whichever section they stand in.
 * @returns the offer for werift; its answer has the sections of this, see `answerFor`
 */
export function remoteDescription(
  offerSdp: string,
  offer: Offer,
  candidates = new RemoteCandidates(),
): string {
  const text = splitSdp(offerSdp);
  const sections = offer.taken.map((index) => text.sections[index]);
  // A bundle has one transport, and its candidates stand in its first section, taken or not (RFC 9429 §3.5.1).
  const elsewhere = bundled(sections[0], text).filter((lines) => !sections.includes(lines));
  sections[0] = [...sections[0], ...elsewhere.flat().filter((line) => line.startsWith('a=candidate:'))];
  return joinSdp({
    session: [...text.session.filter((line) => !LEFT_OUT.test(line)), ...bundleOf(text, offer.taken)],
    sections: sections.map((lines) => plainSection(oneFormat(lines, offer), text, candidates)),
  });
}

/** Puts the sections that are not taken into werift's answer, idle or refused, in the offer's order (RFC 3264 §6). */
export function answerFor(offerSdp: string, offer: Offer, weriftAnswer: string): string {
  const offered = splitSdp(offerSdp);
  const { session, sections } = splitSdp(weriftAnswer);
  const answered = new Map(offer.taken.map((index, i) => [index, sections[i]]));
  const transport = sections[0]?.filter((line) => TRANSPORT.test(line)) ?? [];
  for (const index of offer.idle) answered.set(index, idle(offered.sections[index], transport));
  return joinSdp({
    session: [
      ...session.filter((line) => !line.startsWith('a=group:BUNDLE')),
      ...bundleOf(offered, [...offer.taken, ...offer.idle]),
    ],
    sections: offered.sections.map((lines, index) => answered.get(index) ?? refused(lines)),
  });
}

/** A section that is agreed to, in its first format, and in which nothing is sent (RFC 3264 §6.1). */
function idle([first, ...rest]: readonly string[], transport: readonly string[]): string[] {
  const [kind, , protocol, type] = first.split(' ');
  const mid = attribute(rest, 'mid');
  const format = rest.filter(
    (line) => line.startsWith(`a=rtpmap:${type} `) || line.startsWith(`a=fmtp:${type} `),
  );
  return [
    ...[`${kind} 9 ${protocol} ${type}`, 'c=IN IP4 0.0.0.0', ...transport],
    ...(mid === undefined ? [] : [`a=mid:${mid}`]),
    ...['a=inactive', 'a=rtcp-mux', ...format],
  ];
}

function refused([first, ...rest]: readonly string[]): string[] {
  const mid = attribute(rest, 'mid');
  const line = first.replace(/^(m=\S+) \S+/, '$1 0');
  return [line, 'c=IN IP4 0.0.0.0', ...(mid === undefined ? [] : [`a=mid:${mid}`]), 'a=inactive'];
}

/** Of several of one codec werift takes the first, in Safari High profile: it sees but the one that is sent. */
function oneFormat(section: readonly string[], { video }: Offer): readonly string[] {
  const [first, ...rest] = section;
  if (!video || !first.startsWith('m=video ')) return section;
  const [kind, port, protocol] = first.split(' ');
  const others = rest.filter((line) => {
    const [, type] = /^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) /.exec(line) ?? [];
    return type === undefined || Number(type) === video.type;
  });
  return [`${kind} ${port} ${protocol} ${video.type}`, ...others];
}

function plainSection(lines: readonly string[], text: SdpText, candidates: RemoteCandidates): string[] {
  const [first, ...rest] = lines;
  const types = new Set(rest.flatMap((line) => /^a=rtpmap:(\d+) /.exec(line)?.[1] ?? []));
  const kept = rest.filter((line) => {
    if (line.startsWith('a=candidate:')) return candidates.take(line);
    // Payload types that are known without a description (RFC 3551).
    const [, type] = /^a=fmtp:(\d+) /.exec(line) ?? [];
    return !LEFT_OUT.test(line) && (type === undefined || types.has(type));
  });
  const borrowed = CREDENTIALS.flatMap((name) => {
    if ([rest, text.session].some((own) => attribute(own, name) !== undefined)) return [];
    const value = bundled(rest, text)
      .map((member) => attribute(member, name))
      .find((one) => one !== undefined);
    return value === undefined ? [] : [`a=${name}:${value}`];
  });
  const directed = rest.some((line) => DIRECTION.test(line));
  const direction = directed ? [] : [text.session.find((line) => DIRECTION.test(line)) ?? 'a=sendrecv'];
  return [first.replace(/^(m=\S+) 0 /, '$1 9 '), 'c=IN IP4 0.0.0.0', ...kept, ...borrowed, ...direction];
}

/** The bundle of these sections. */
function bundleOf(text: SdpText, taken: readonly number[]): string[] {
  const mids = taken.map((index) => attribute(text.sections[index], 'mid'));
  return bundles(text).flatMap((group) => {
    const taken = group.filter((mid) => mids.includes(mid));
    return taken.length > 0 ? [`a=group:BUNDLE ${taken.join(' ')}`] : [];
  });
}

/** The sections of the bundle that this one is in, in the bundle's order: the first one has the transport. */
function bundled(section: readonly string[], text: SdpText): string[][] {
  const mid = attribute(section, 'mid');
  const group = bundles(text).find((mids) => mid !== undefined && mids.includes(mid)) ?? [];
  return group.flatMap((member) => text.sections.filter((lines) => attribute(lines, 'mid') === member));
}

function bundles({ session }: SdpText): string[][] {
  return session.flatMap((line) => {
    const [, mids] = /^a=group:BUNDLE (.*)/.exec(line) ?? [];
    return mids ? [mids.trim().split(/ +/)] : [];
  });
}
