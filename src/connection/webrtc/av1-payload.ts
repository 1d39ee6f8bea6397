/**
 * AV1 in RTP (RTP Payload Format For AV1, version 1.0, §4): OBUs without their size fields and without temporal
 * delimiters. Each packet carries pieces of as many OBUs as fit, all with a length.
 */
const CONTINUES_FORMER = 0x80;
const CONTINUED = 0x40;
const NEW_SEQUENCE = 0x08;
const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;
const TILE_LIST = 8;
const PADDING = 15;
const NOT_SENT = new Set([TEMPORAL_DELIMITER, TILE_LIST, PADDING]);
const HAS_EXTENSION = 0x04;
const HAS_SIZE = 0x02;
/** A length takes at most two bytes, as packets are small; less than this of an OBU is not worth a piece. */
const LENGTH_BYTES = 2;
const SMALLEST_PIECE = 8;

/** The payloads of one temporal unit, each of at most `maxBytes`. Throws `RangeError` for what is not AV1. */
export function packetizeAv1(unit: Uint8Array, maxBytes: number): Uint8Array[] {
  const obus = splitObus(unit);
  const startsSequence = obus.some((obu) => obuType(obu) === SEQUENCE_HEADER);
  const payloads: Uint8Array[] = [];
  let packet = [startsSequence ? NEW_SEQUENCE : 0];
  const flush = (continues: boolean): void => {
    if (continues) packet[0] |= CONTINUED;
    payloads.push(Uint8Array.from(packet));
    packet = [continues ? CONTINUES_FORMER : 0];
  };
  for (const [i, obu] of obus.entries()) {
    for (let at = 0; at < obu.length; ) {
      const room = maxBytes - packet.length - LENGTH_BYTES;
      if (room < SMALLEST_PIECE) {
        flush(at > 0);
        continue;
      }
      const piece = obu.subarray(at, at + room);
      packet.push((piece.length & 0x7f) | 0x80, piece.length >> 7, ...piece);
      at += piece.length;
    }
    if (i === obus.length - 1) flush(false);
  }
  return payloads;
}

/** The OBUs to send, each without its size field (AV1 specification §5.3). */
function splitObus(unit: Uint8Array): Uint8Array[] {
  const obus: Uint8Array[] = [];
  for (let at = 0; at < unit.length; ) {
    const headerBytes = unit[at] & HAS_EXTENSION ? 2 : 1;
    const body = at + headerBytes;
    const { value: size, end: from } =
      unit[at] & HAS_SIZE ? readLeb128(unit, body) : { value: unit.length - body, end: body };
    if (from + size > unit.length) throw new RangeError('not a temporal unit of AV1');
    const obu = new Uint8Array(headerBytes + size);
    obu.set(unit.subarray(at, body));
    obu[0] &= ~HAS_SIZE;
    obu.set(unit.subarray(from, from + size), headerBytes);
    if (!NOT_SENT.has(obuType(obu))) obus.push(obu);
    at = from + size;
  }
  return obus;
}

function obuType(obu: Uint8Array): number {
  return (obu[0] >> 3) & 0x0f;
}

function readLeb128(bytes: Uint8Array, from: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 4 && from + i < bytes.length; i++) {
    value |= (bytes[from + i] & 0x7f) << (7 * i);
    if ((bytes[from + i] & 0x80) === 0) return { value, end: from + i + 1 };
  }
  throw new RangeError('not a temporal unit of AV1');
}
