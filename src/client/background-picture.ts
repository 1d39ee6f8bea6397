import { VultusClientError } from './client-error.ts';

const LARGEST_SIDE = 1024;
const SMALLEST_SIDE = 64;
const QUALITY = 0.8;
/** As a data URL it then fits into one message of the data channel, which takes 64 KiB. */
const MAX_BYTES = 48_000;

/**
 * The middle square of a picture as a background, a data URL of at most 64,000 characters: for the options of a
 * session and for `setBackground` on both routes. Browser only.
 * @throws VultusClientError `unsupported` where the browser cannot read the picture
 */
export async function backgroundPicture(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file).catch((cause: unknown) => {
    throw new VultusClientError('unsupported', 'This browser cannot read the picture.', { cause });
  });
  try {
    let side = Math.min(LARGEST_SIDE, picture.width, picture.height);
    let jpeg = await square(picture, side);
    while (jpeg.size > MAX_BYTES && side > SMALLEST_SIDE) {
      // Bytes grow about as the area does.
      side = Math.floor(side * Math.max(0.5, 0.97 * Math.sqrt(MAX_BYTES / jpeg.size)));
      jpeg = await square(picture, side);
    }
    return await dataUrl(jpeg);
  } finally {
    picture.close();
  }
}

function square(picture: ImageBitmap, side: number): Promise<Blob> {
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  const cut = Math.min(width, height);
  context.drawImage(picture, (width - cut) / 2, (height - cut) / 2, cut, cut, 0, 0, side, side);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
