/** What stands behind the avatar instead of the portrait's own background. */
import { cutAndScale, type RgbPicture, readPortrait } from '../avatar/picture.ts';
import { VultusError } from '../errors.ts';

export type Backdrop =
  /** The portrait's own, filled in behind the person. */
  | { kind: 'keep' }
  /** The same out of focus. */
  | { kind: 'blur' }
  | { kind: 'colour'; red: number; green: number; blue: number }
  /** A square picture of any size. */
  | { kind: 'picture'; picture: RgbPicture }
  /**
   * For overlays: twice as high. Above the person over black (colour times matte), below the matte as luma 16..235
   * without colour.
   */
  | { kind: 'matte' };

export const KEEP: Backdrop = { kind: 'keep' };
const LARGEST_PICTURE_SIDE = 1024;

/** What `parseBackdrop` cannot read without a file. */
export type BackdropChoice = Exclude<Backdrop, { kind: 'picture' }> | { kind: 'file'; file: string };

/** "keep", "blur", "matte", "#rrggbb", or else the name of a picture file. */
export function parseBackdrop(text: string): BackdropChoice {
  if (text === 'keep' || text === 'blur' || text === 'matte') return { kind: text };
  const [, ...parts] = text.match(/^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i) ?? [];
  if (parts.length === 0) return { kind: 'file', file: text };
  const [red, green, blue] = parts.map((part) => Number.parseInt(part, 16));
  return { kind: 'colour', red, green, blue };
}

/** Pixels from top to bottom of a picture `size` pixels wide. */
export function pictureHeight(size: number, backdrop: Backdrop): number {
  return backdrop.kind === 'matte' ? 2 * size : size;
}

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

/** What `readBackdrop` reads, but for a picture, which is only named. */
export function describeBackdrop(backdrop: Backdrop): string {
  if (backdrop.kind !== 'colour') return backdrop.kind;
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  return `#${hex(backdrop.red)}${hex(backdrop.green)}${hex(backdrop.blue)}`;
}

/**
 * The middle square of a PNG, JPEG, WebP or AVIF file.
 * @throws VultusError `invalid_request` when the bytes are no picture or too many
 */
export async function pictureBackdrop(bytes: Uint8Array): Promise<Backdrop> {
  try {
    const picture = await readPortrait(bytes, 2 * LARGEST_PICTURE_SIDE);
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
