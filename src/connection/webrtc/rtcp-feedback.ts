/**
 * What a receiver reports about the media we send, read from the RTCP bytes themselves (RFC 3550, RFC 4585,
 * RFC 5104).
 */
import type { RTCDtlsTransport } from 'werift';
import { parseTransportFeedback, type TransportFeedback } from './transport-feedback.ts';
import { tapRtcp } from './werift/rtcp-tap.ts';

export type RtcpFeedback =
  | { kind: 'key-frame-request'; mediaSsrc: number }
  | { kind: 'report'; mediaSsrc: number /** Since the report before, 0..1. */; fractionLost: number }
  | { kind: 'transport'; feedback: TransportFeedback };

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const FORMAT_TRANSPORT_WIDE = 15;
const FORMAT_PICTURE_LOSS = 1;
const FORMAT_FULL_INTRA = 4;
const REPORT_BLOCK_BYTES = 24;

/** Reads a compound packet; what is damaged or of no interest is left out. */
export function parseRtcp(compound: Uint8Array): RtcpFeedback[] {
  const found: RtcpFeedback[] = [];
  const view = new DataView(compound.buffer, compound.byteOffset, compound.byteLength);
  for (let at = 0; at + 4 <= compound.length; ) {
    const first = compound[at];
    const end = at + 4 + view.getUint16(at + 2) * 4;
    if (first >> 6 !== 2 || end > compound.length) break;
    const padding = first & 0x20 ? compound[end - 1] : 0;
    if (end - padding >= at + 4)
      readPacket(first & 0x1f, compound[at + 1], compound.subarray(at + 4, end - padding), found);
    at = end;
  }
  return found;
}

function readPacket(format: number, type: number, body: Uint8Array, found: RtcpFeedback[]): void {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (type === SENDER_REPORT || type === RECEIVER_REPORT) {
    let at = type === SENDER_REPORT ? 24 : 4;
    for (let i = 0; i < format && at + REPORT_BLOCK_BYTES <= body.length; i++, at += REPORT_BLOCK_BYTES) {
      found.push({ kind: 'report', mediaSsrc: view.getUint32(at), fractionLost: body[at + 4] / 256 });
    }
  } else if (type === PAYLOAD_FEEDBACK && format === FORMAT_PICTURE_LOSS && body.length >= 8) {
    found.push({ kind: 'key-frame-request', mediaSsrc: view.getUint32(4) });
  } else if (type === PAYLOAD_FEEDBACK && format === FORMAT_FULL_INTRA) {
    // The media SSRC of the header is unused; each entry names its own (RFC 5104 §4.3.1).
    for (let at = 8; at + 8 <= body.length; at += 8)
      found.push({ kind: 'key-frame-request', mediaSsrc: view.getUint32(at) });
  } else if (type === TRANSPORT_FEEDBACK && format === FORMAT_TRANSPORT_WIDE) {
    const feedback = parseTransportFeedback(body);
    if (feedback) found.push({ kind: 'transport', feedback });
  }
}

/** Calls `listener` for all feedback on this transport, once it is connected. */
export function listenToFeedback(
  transport: RTCDtlsTransport,
  listener: (feedback: RtcpFeedback) => void,
): void {
  tapRtcp(transport, (compound) => {
    for (const feedback of parseRtcp(compound)) listener(feedback);
  });
}
