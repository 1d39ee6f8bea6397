import type { I420 } from '../image/i420.ts';

/** The planes Y, U, V of a picture as FFmpeg takes them: no copies. */
export function planes({ width, height, data }: I420): Buffer[] {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const luma = width * height;
  return [bytes.subarray(0, luma), bytes.subarray(luma, luma + luma / 4), bytes.subarray(luma + luma / 4)];
}

/** Bytes from one row of a plane to the next. */
export function strides({ width }: I420): number[] {
  return [width, width >> 1, width >> 1];
}
