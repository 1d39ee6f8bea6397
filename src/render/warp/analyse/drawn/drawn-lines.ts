/** The lines of a drawn face that its eyes and mouth are taken apart by: of DrawnFace, whose names these are. View fractions. */
import type { Point } from '../../../../image/polygon.ts';

export interface LinesOfEye {
  outerCorner: Point;
  innerCorner: Point;
  /** Five points each, outer to inner: lower and upper edge of the upper lash line; the opening's lower border. */
  upperLid: readonly Point[];
  lashTop: readonly Point[];
  lowerLid: readonly Point[];
  iris: { centre: Point; radiusX: number; radiusY: number };
  /** How likely it is drawn shut, 0..1. */
  closed: number;
}

export interface DrawnLines {
  eyes: Readonly<Record<'left' | 'right', LinesOfEye>>;
  mouth: {
    rightCorner: Point;
    leftCorner: Point;
    /** Five points each, right to left. */
    upper: readonly Point[];
    lower: readonly Point[];
    /** How likely it is drawn open, 0..1. */
    open: number;
  };
}
