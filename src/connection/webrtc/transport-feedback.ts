/**
 * Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1), parsed
 * by ourselves: werift 0.25 skips status-vector chunks and miscounts run lengths.
 */
export interface TransportFeedback {
  /** Counts the feedback packets of one receiver, modulo 256. */
  feedbackCount: number;
  packets: {
    sequence: number /** On the receiver's clock; undefined: not received. */;
    receivedAtMs?: number;
  }[];
}

const NOT_RECEIVED = 0;
const SMALL_DELTA = 1;
const LARGE_DELTA = 2;
/** More than are on their way (see packet-log.ts) is no report. */
const MOST_PACKETS = 4096;
const REFERENCE_MS = 64;
const DELTA_MS = 0.25;

/** `body`: the RTCP packet after its common header. Returns undefined for a damaged one. */
export function parseTransportFeedback(body: Uint8Array): TransportFeedback | undefined {
  if (body.length < 16) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const baseSequence = view.getUint16(8);
  const count = view.getUint16(10);
  if (count > MOST_PACKETS) return undefined;
  // 24 bits, signed.
  let timeMs = (view.getInt32(12) >> 8) * REFERENCE_MS;
  const statuses = readStatuses(view, count);
  if (!statuses) return undefined;
  let at = statuses.end;
  const packets: TransportFeedback['packets'] = [];
  for (let i = 0; i < count; i++) {
    const sequence = (baseSequence + i) & 0xffff;
    const status = statuses.symbols[i];
    if (status === SMALL_DELTA || status === LARGE_DELTA) {
      if (at + status > body.length) return undefined;
      timeMs += (status === SMALL_DELTA ? view.getUint8(at) : view.getInt16(at)) * DELTA_MS;
      at += status;
      packets.push({ sequence, receivedAtMs: timeMs });
    } else {
      packets.push({ sequence });
    }
  }
  return { feedbackCount: view.getUint8(15), packets };
}

/** One symbol per packet, from run-length chunks and status vectors of one or two bits. */
function readStatuses(view: DataView, count: number): { symbols: Uint8Array; end: number } | undefined {
  const symbols = new Uint8Array(count);
  let at = 16;
  let filled = 0;
  while (filled < count) {
    if (at + 2 > view.byteLength) return undefined;
    const chunk = view.getUint16(at);
    at += 2;
    if ((chunk & 0x8000) === 0) {
      const run = Math.min(chunk & 0x1fff, count - filled);
      if (run === 0) return undefined;
      symbols.fill((chunk >> 13) & 3, filled, filled + run);
      filled += run;
    } else if ((chunk & 0x4000) === 0) {
      for (let bit = 13; bit >= 0 && filled < count; bit--)
        symbols[filled++] = (chunk >> bit) & 1 ? SMALL_DELTA : NOT_RECEIVED;
    } else {
      for (let bit = 12; bit >= 0 && filled < count; bit -= 2) symbols[filled++] = (chunk >> bit) & 3;
    }
  }
  return { symbols, end: at };
}
