/** Backgrounds that are pictures of the user's own. */
import { type Backdrop, parseBackdrop } from '../contract/backdrop.ts';
import { VultusError } from '../errors.ts';
import { cutAndScale } from './cut-and-scale.ts';
import { readImageFile } from './image-file.ts';

const LARGEST_PICTURE_SIDE = 1024;

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
 * The middle square of a PNG, JPEG, WebP or AVIF file.
 * @throws VultusError `invalid_request` when the bytes are no picture or too many
 */
export async function pictureBackdrop(bytes: Uint8Array): Promise<Backdrop> {
  try {
    const picture = await readImageFile(bytes, 2 * LARGEST_PICTURE_SIDE);
    const side = Math.min(picture.width, picture.height);
    const square = {
      left: (picture.width - side) >> 1,
      top: (picture.height - side) >> 1,
      width: side,
      height: side,
    };
    const width = Math.min(side, LARGEST_PICTURE_SIDE);
    return { kind: 'picture', picture: await cutAndScale(picture, square, width) };
  } catch (cause) {
    const { detail } = cause as VultusError;
    throw new VultusError('invalid_request', `the background is no usable picture (${detail})`, { cause });
  }
}
