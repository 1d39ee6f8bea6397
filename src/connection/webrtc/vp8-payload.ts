/** VP8 in RTP (RFC 7741): a payload descriptor with a 15-bit picture id before each piece of a frame. */
const EXTENSION = 0x80;
const START_OF_PARTITION = 0x10;
const PICTURE_ID_PRESENT = 0x80;
const DESCRIPTOR_BYTES = 4;

/** The payloads of one frame, each of at most `maxBytes`. */
export function packetizeVp8(frame: Uint8Array, pictureId: number, maxBytes: number): Uint8Array[] {
  const count = Math.ceil(frame.length / (maxBytes - DESCRIPTOR_BYTES));
  const size = Math.ceil(frame.length / count);
  return Array.from({ length: count }, (_, i) => {
    const piece = frame.subarray(i * size, (i + 1) * size);
    const payload = new Uint8Array(DESCRIPTOR_BYTES + piece.length);
    payload[0] = EXTENSION | (i === 0 ? START_OF_PARTITION : 0);
    payload[1] = PICTURE_ID_PRESENT;
    payload[2] = 0x80 | ((pictureId >> 8) & 0x7f);
    payload[3] = pictureId & 0xff;
    payload.set(piece, DESCRIPTOR_BYTES);
    return payload;
  });
}
