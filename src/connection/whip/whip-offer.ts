/** What WHIP and WHEP ask of an offer beyond WebRTC (RFC 9725 §4.4, draft-ietf-wish-whep-03 §4.4). */
import type { MediaDescription, SessionDescription } from 'sdp-transform';
import { VultusError } from '../../errors.ts';
import { alive, parseDescription, receives, sends } from '../webrtc/offer.ts';

/**
 * `whip`: a publisher sends, `whep`: a player receives; at most one track of a kind, all in one bundle, RTCP beside RTP.
 * @throws VultusError `invalid_offer` where it cannot be read, `offer_unsupported`
 */
export function requirePlainOffer(sdp: string, protocol: 'whip' | 'whep'): void {
  const session = parseDescription(sdp);
  const media = ['audio', 'video'].map((kind) => alive(session, kind));
  for (const sections of media) {
    if (sections.length > 1)
      refuse(`${sections.length} tracks of ${sections[0].type}; one of a kind is taken`);
    for (const section of sections) requireDirection(section, protocol);
  }
  requireBundle(session, media.flat());
}

function requireDirection(section: MediaDescription, protocol: 'whip' | 'whep'): void {
  const fits = protocol === 'whip' ? sends(section) : receives(section);
  if (!fits)
    refuse(
      `${section.type} is ${section.direction}; ${protocol === 'whip' ? 'sendonly' : 'recvonly'} is taken`,
    );
}

function requireBundle(session: SessionDescription, media: readonly MediaDescription[]): void {
  const bundles = (session.groups ?? []).filter(({ type }) => type === 'BUNDLE');
  const mids = bundles.map((group) => String(group.mids).split(' '));
  const together = mids.some((bundle) =>
    media.every(({ mid }) => mid !== undefined && bundle.includes(String(mid))),
  );
  if (media.length > 1 && !together) refuse('its sections are not in one bundle');
  // A bundled section may leave to the first one what concerns the transport (RFC 9143 §7.1.3).
  if (!media.some(({ rtcpMux }) => rtcpMux)) refuse('without rtcp-mux');
}

function refuse(detail: string): never {
  throw new VultusError('offer_unsupported', detail);
}
