/** What stands behind the avatar instead of the portrait's own background. */
import type { RgbPicture } from './rgb-picture.ts';

export type Backdrop =
  /** The portrait's own, filled in behind the person. */
  | { kind: 'keep' }
  /** The same out of focus. */
  | { kind: 'blur' }
  | { kind: 'colour'; red: number; green: number; blue: number }
  /** A picture of any size, of which the middle fills the session's. */
  | { kind: 'picture'; picture: RgbPicture }
  /**
   * For overlays: twice as high. Above the person over black (colour times matte), below the matte as luma 16..235
   * without colour.
   */
  | { kind: 'matte' };

export const KEEP: Backdrop = Object.freeze({ kind: 'keep' });

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

/** What `backgroundSchema` (backdrop-schema.ts) takes, but for a picture, which is only named. */
export function describeBackdrop(backdrop: Backdrop): string {
  if (backdrop.kind !== 'colour') return backdrop.kind;
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  return `#${hex(backdrop.red)}${hex(backdrop.green)}${hex(backdrop.blue)}`;
}

/** Pixels from top to bottom of what is sent of a picture `height` pixels high. */
export function stackedHeight(height: number, backdrop: Backdrop): number {
  return backdrop.kind === 'matte' ? 2 * height : height;
}
