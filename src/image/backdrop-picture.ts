/** Backgrounds that are pictures of the user's own. */
import { type Backdrop, parseBackdrop } from '../contract/backdrop.ts';
import { VultusError } from '../errors.ts';
import { readImageFile } from './image-file.ts';

/** As large as pictures are; each session takes the middle of it in its own shape. */
const LARGEST_PICTURE_SIDE = 1920;

/**
 * "keep", "blur", "matte", "#rrggbb" or a picture as a data URL (RFC 2397, base64).
 * @throws VultusError `invalid_request`
 */
export async function readBackdrop(text: string): Promise<Backdrop> {
  const choice = parseBackdrop(text);
  if (choice.kind !== 'file') return choice;
  const [, base64] = text.match(/^data:image\/[a-z]+;base64,(.+)$/s) ?? [];
  if (!base64)
    throw new VultusError(
      'invalid_request',
      'the background is none of keep, blur, matte, #rrggbb or a picture as a data URL',
    );
  return pictureBackdrop(Buffer.from(base64, 'base64'));
}

/**
 * A PNG, JPEG, WebP or AVIF file.
 * @throws VultusError `invalid_request` when the bytes are no picture or too many
 */
export async function pictureBackdrop(bytes: Uint8Array): Promise<Backdrop> {
  try {
    return { kind: 'picture', picture: await readImageFile(bytes, LARGEST_PICTURE_SIDE) };
  } catch (cause) {
    const { detail } = cause as VultusError;
    throw new VultusError('invalid_request', `the background is no usable picture (${detail})`, { cause });
  }
}
