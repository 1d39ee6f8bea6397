/**
 * What is kept of a drawing's eyes and mouth, so that they move as animators move them: lines are carried as the shapes
 * that they are, and what lies behind them is flat. Plain data; lengths in texels of each patch unless it says so.
 */
import type { Yuv } from '../../../image/colour.ts';

/** A square cut-out of the portrait that lies in the face: its rows run as the line between the eyes does. */
export interface DrawnPatch {
  /** Its upper left corner in view fractions, and one texel to the right. */
  origin: [x: number, y: number];
  step: [x: number, y: number];
  /** Texels a side. */
  size: number;
}

/** One height for each column of the patch. */
export interface EyeLines {
  /** Lower edge of the upper lash line, and the lower line: they meet at the opening's corners. */
  upper: number[];
  lower: number[];
  /** Columns of the corners. */
  left: number;
  right: number;
}

export interface DrawnEyeRig extends DrawnPatch {
  lines: EyeLines;
  /** The face without the eye, YUV `[size²·3]`. */
  skin: Uint8Array;
  /** YUV and coverage 0..255, `[size²·4]`: the upper lash line; the whole iris without its highlights, and these. */
  lash: Uint8Array;
  irisColours: Uint8Array;
  highlights: Uint8Array;
  /**
   * Coverage `[size²]`: of all that lids and lashes carry along; the same with the lower line and the eye's outline, which
   * stay until it is shut; of hair and glasses before the eye.
   */
  carried: Uint8Array;
  around: Uint8Array;
  before: Uint8Array;
  /** A line so thick is drawn along lids that shut, where the lash line is too thin to be one; its colour. */
  line: number;
  ink: Yuv;
  /** The white from under the upper lid down, in steps of the opening's height. */
  white: Yuv[];
}

export interface DrawnMouthRig extends DrawnPatch {
  /** The face without the mouth, YUV and coverage `[size²·4]`. */
  skin: Uint8Array;
  /** Its middle and half its width. */
  middle: [x: number, y: number];
  half: number;
  /** How its line bends at rest: the ends stand so much above the middle, in half widths. */
  bend: number;
  /** Whether the portrait shows it open. */
  open: boolean;
  /** Half the usual width of an open mouth against its own. */
  usual: number;
  line: Yuv;
  /** Half widths. */
  lineWidth: number;
  inside: Yuv;
  tongue: Yuv;
  /** Present where the drawing shows teeth. */
  teeth?: Yuv;
  /** Flat lips above and below the line, half widths thick. */
  lips?: { colour: Yuv; above: number; below: number };
}

export interface Drawing {
  /** Without those that are drawn shut, or behind hair: these stay as they are. */
  eyes: Partial<Record<'left' | 'right', DrawnEyeRig>>;
  mouth: DrawnMouthRig;
}
