import type { DrawnImage } from './worker-messages.ts';

/** As decoders tell the server's video: BT.601, limited range. */
const COLOURS: VideoColorSpaceInit = {
  matrix: 'smpte170m',
  primaries: 'smpte170m',
  transfer: 'smpte170m',
  fullRange: false,
};

export interface PlanarPicture {
  width: number;
  height: number;
  /** `Uint8Array [width·height·3/2]`: planes Y, U, V. */
  data: Uint8Array;
}

/** What a canvas can show of a picture, of which it keeps nothing. */
export async function toImage(picture: PlanarPicture, mediaTimeMs: number): Promise<DrawnImage> {
  const { width, height, data } = picture;
  if (typeof VideoFrame === 'undefined')
    return createImageBitmap(new ImageData(toRgba(picture), width, height));
  return new VideoFrame(data as Uint8Array<ArrayBuffer>, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: Math.round(mediaTimeMs * 1000),
    colorSpace: COLOURS,
  });
}

/** `Uint8ClampedArray [height·width·4]`, opaque. */
export function toRgba({ width, height, data }: PlanarPicture): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * width * height);
  const [u, v] = [width * height, 1.25 * width * height];
  for (let y = 0, i = 0; y < height; y++) {
    const half = (y >> 1) * (width >> 1);
    for (let x = 0; x < width; x++, i++) {
      const luma = 1.164_383 * (data[i] - 16);
      const [blue, red] = [data[u + half + (x >> 1)] - 128, data[v + half + (x >> 1)] - 128];
      rgba[4 * i] = luma + 1.596_027 * red;
      rgba[4 * i + 1] = luma - 0.391_762 * blue - 0.812_968 * red;
      rgba[4 * i + 2] = luma + 2.017_232 * blue;
      rgba[4 * i + 3] = 255;
    }
  }
  return rgba;
}
