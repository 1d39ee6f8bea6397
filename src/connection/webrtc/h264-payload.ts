/**
 * H.264 in RTP, packetization mode 1 (RFC 6184): small NAL units share a packet (STAP-A), large ones are cut
 * (FU-A).
 */
const TYPE_MASK = 0x1f;
const REFERENCE_MASK = 0x60;
const STAP_A = 24;
const FU_A = 28;
const SEI = 6;
const ACCESS_UNIT_DELIMITER = 9;

/** The NAL units of an Annex B stream (ITU-T H.264 Annex B), without start codes. */
export function splitAnnexB(data: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = -1;
  for (let i = 0; i + 2 < data.length; ) {
    if (data[i + 2] > 1) i += 3;
    else if (data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 1) {
      if (start >= 0) units.push(withoutTrailingZeros(data.subarray(start, i)));
      i += 3;
      start = i;
    } else i++;
  }
  if (start >= 0) units.push(withoutTrailingZeros(data.subarray(start)));
  return units.filter((unit) => unit.length > 0);
}

/** The payloads of one picture, each of at most `maxBytes`. */
export function packetizeH264(annexB: Uint8Array, maxBytes: number): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  let smallBytes = 1;
  const flush = (): void => {
    if (small.length === 1) payloads.push(small[0]);
    else if (small.length > 1) payloads.push(aggregate(small, smallBytes));
    small = [];
    smallBytes = 1;
  };
  for (const unit of splitAnnexB(annexB)) {
    const type = unit[0] & TYPE_MASK;
    // Nothing in these that a receiver needs.
    if (type === SEI || type === ACCESS_UNIT_DELIMITER) continue;
    if (unit.length > maxBytes) {
      flush();
      payloads.push(...fragment(unit, maxBytes));
      continue;
    }
    if (smallBytes + 2 + unit.length > maxBytes) flush();
    small.push(unit);
    smallBytes += 2 + unit.length;
  }
  flush();
  return payloads;
}

function aggregate(units: Uint8Array[], bytes: number): Uint8Array {
  const payload = new Uint8Array(bytes);
  payload[0] = STAP_A | Math.max(...units.map((unit) => unit[0] & REFERENCE_MASK));
  let at = 1;
  for (const unit of units) {
    payload[at] = unit.length >> 8;
    payload[at + 1] = unit.length & 0xff;
    payload.set(unit, at + 2);
    at += 2 + unit.length;
  }
  return payload;
}

function fragment(unit: Uint8Array, maxBytes: number): Uint8Array[] {
  const body = unit.subarray(1);
  // Pieces of equal size: no tiny last packet.
  const count = Math.ceil(body.length / (maxBytes - 2));
  const size = Math.ceil(body.length / count);
  return Array.from({ length: count }, (_, i) => {
    const piece = body.subarray(i * size, (i + 1) * size);
    const payload = new Uint8Array(2 + piece.length);
    payload[0] = (unit[0] & ~TYPE_MASK) | FU_A;
    payload[1] = (unit[0] & TYPE_MASK) | (i === 0 ? 0x80 : 0) | (i === count - 1 ? 0x40 : 0);
    payload.set(piece, 2);
    return payload;
  });
}

function withoutTrailingZeros(unit: Uint8Array): Uint8Array {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end--;
  return unit.subarray(0, end);
}
