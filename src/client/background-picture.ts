import { VultusClientError } from './client-error.ts';

const LARGEST_SIDE = 1920;
const SMALLEST_SIDE = 64;
const QUALITY = 0.8;
/** As a data URL it then fits into one message of the data channel, which takes 64 KiB. */
const MAX_BYTES = 48_000;

/**
 * The middle of a picture as a background, a data URL of at most 64,000 characters: for the options of a session and
 * for `setBackground` on both routes. `shape`: width and height of the session's pictures, of which only the ratio
 * counts; a square, if absent. Browser only.
 * @throws VultusClientError `unsupported` where the browser cannot read the picture
 */
export async function backgroundPicture(file: Blob, shape = { width: 1, height: 1 }): Promise<string> {
  const picture = await createImageBitmap(file).catch((cause: unknown) => {
    throw new VultusClientError('unsupported', 'This browser cannot read the picture.', { cause });
  });
  try {
    const fitting = Math.min(picture.width / shape.width, picture.height / shape.height);
    const cut = { width: fitting * shape.width, height: fitting * shape.height };
    let scale = Math.min(1, LARGEST_SIDE / Math.max(cut.width, cut.height));
    let jpeg = await middleOf(picture, cut, scale);
    while (jpeg.size > MAX_BYTES && scale * Math.min(cut.width, cut.height) > SMALLEST_SIDE) {
      // Bytes grow about as the area does.
      scale *= Math.max(0.5, 0.97 * Math.sqrt(MAX_BYTES / jpeg.size));
      jpeg = await middleOf(picture, cut, scale);
    }
    return await dataUrl(jpeg);
  } finally {
    picture.close();
  }
}

function middleOf(
  picture: ImageBitmap,
  { width, height }: { width: number; height: number },
  scale: number,
): Promise<Blob> {
  const sideOf = (length: number) => Math.max(1, Math.floor(scale * length));
  const canvas = new OffscreenCanvas(sideOf(width), sideOf(height));
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  const [left, top] = [(picture.width - width) / 2, (picture.height - height) / 2];
  context.drawImage(picture, left, top, width, height, 0, 0, canvas.width, canvas.height);
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
