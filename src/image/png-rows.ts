/** How much of a PNG file (ISO/IEC 15948) that lacks its end is there: what decoders leave below that is no picture. */
import { constants, inflateSync } from 'node:zlib';

const SIGNATURE = '89504e470d0a1a0a';
/** Samples of a pixel by colour type. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Rows that are there as a whole, none where they are interlaced; undefined for files of other kinds. */
export function pngRows(bytes: Uint8Array): number | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.toString('hex', 0, 8) !== SIGNATURE) return undefined;
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const [bitDepth, colourType, interlaced] = [file[24], file[25], file[28] !== 0];
  if (interlaced) return 0;
  // Each row begins with its filter.
  const rowBytes = 1 + Math.ceil((width * bitDepth * (SAMPLES[colourType] ?? 4)) / 8);
  const parts: Buffer[] = [];
  for (let at = 8; at + 8 <= file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) !== 'IDAT') continue;
    parts.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
  }
  try {
    const rows = inflateSync(Buffer.concat(parts), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: rowBytes * height,
    });
    return Math.floor(rows.length / rowBytes);
  } catch {
    return 0;
  }
}
