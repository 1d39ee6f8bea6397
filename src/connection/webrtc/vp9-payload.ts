/** VP9 in RTP (RFC 9628), non-flexible mode, one layer: a descriptor with a 15-bit picture id before each piece. */
const PICTURE_ID_PRESENT = 0x80;
const PREDICTED = 0x40;
const START_OF_FRAME = 0x08;
const END_OF_FRAME = 0x04;
const DESCRIPTOR_BYTES = 3;

/** The payloads of one frame, each of at most `maxBytes`. */
export function packetizeVp9(
  frame: Uint8Array,
  options: { key: boolean; pictureId: number },
  maxBytes: number,
): Uint8Array[] {
  const { key, pictureId } = options;
  const count = Math.ceil(frame.length / (maxBytes - DESCRIPTOR_BYTES));
  const size = Math.ceil(frame.length / count);
  return Array.from({ length: count }, (_, i) => {
    const piece = frame.subarray(i * size, (i + 1) * size);
    const payload = new Uint8Array(DESCRIPTOR_BYTES + piece.length);
    payload[0] =
      PICTURE_ID_PRESENT |
      (key ? 0 : PREDICTED) |
      (i === 0 ? START_OF_FRAME : 0) |
      (i === count - 1 ? END_OF_FRAME : 0);
    payload[1] = 0x80 | ((pictureId >> 8) & 0x7f);
    payload[2] = pictureId & 0xff;
    payload.set(piece, DESCRIPTOR_BYTES);
    return payload;
  });
}
