/** Backgrounds that are pictures of the user's own. */
import { type Backdrop, parseBackdrop } from '../contract/backdrop.ts';
import { VultusError } from '../errors.ts';
import { type ReadLimits, readImageFile } from './image-file.ts';

/** As large as pictures are; each session takes the middle of it in its own shape. */
const LARGEST_PICTURE_SIDE = 1920;
/** What a request may cost: four times the pixels of the largest session, and no shape of which it shows but a strip. */
const OF_STRANGERS: ReadLimits = Object.freeze({ mostPixels: 8_000_000, longestShape: 4, timeoutS: 5 });

const DATA_URL = /^data:image\/[a-z]+;base64,/;
const LONGEST_DATA_URL_HEAD = 40;

/** Does work when its turn has come; may reject at once where too much waits. */
export interface PictureQueue {
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}

/**
 * "keep", "blur", "matte", "#rrggbb" or a picture as a data URL (RFC 2397, base64), which is decoded in `queue`.
 * @throws VultusError `invalid_request`, and what `queue` throws
 */
export async function readBackdrop(text: string, queue: PictureQueue): Promise<Backdrop> {
  const choice = parseBackdrop(text);
  if (choice.kind !== 'file') return choice;
  const start = DATA_URL.exec(text.slice(0, LONGEST_DATA_URL_HEAD))?.[0];
  if (start === undefined || start.length === text.length)
    throw new VultusError(
      'invalid_request',
      'the background is none of keep, blur, matte, #rrggbb or a picture as a data URL',
    );
  return queue.run(() => pictureBackdrop(Buffer.from(text.slice(start.length), 'base64'), OF_STRANGERS));
}

/**
 * A PNG, JPEG, WebP or AVIF file.
 * @throws VultusError `invalid_request` when the bytes are no picture or too many
 */
export async function pictureBackdrop(bytes: Uint8Array, limits?: ReadLimits): Promise<Backdrop> {
  try {
    return { kind: 'picture', picture: await readImageFile(bytes, LARGEST_PICTURE_SIDE, limits) };
  } catch (cause) {
    const { detail } = cause as VultusError;
    throw new VultusError('invalid_request', `the background is no usable picture (${detail})`, { cause });
  }
}
