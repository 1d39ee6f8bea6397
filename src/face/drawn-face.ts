/**
 * What is found of a drawn face beside its landmarks: the lines that a drawing has. "Left" and "right" are the
 * character's own; lengths and places in pixels of the picture, or in fractions of a view.
 */
/** In a plane. */
type Point = readonly [x: number, y: number];

export interface DrawnIris {
  /** The whole ellipse, also where lids hide it. Its axes lie in the face: turned by its roll. */
  centre: Point;
  radiusX: number;
  radiusY: number;
}

export interface DrawnEye {
  /** The ends of the opening. */
  outerCorner: Point;
  innerCorner: Point;
  /**
   * The opening's upper border, which is the lower edge of the upper lash line; that line's upper edge; the opening's
   * lower border: five points each, outer to inner, at 1/6 … 5/6 of the way between the corners.
   */
  upperLid: readonly Point[];
  lashTop: readonly Point[];
  lowerLid: readonly Point[];
  /** A guess in a shut eye. */
  iris: DrawnIris;
  /** How likely it is drawn shut, 0..1: both lids are its line then. */
  closed: number;
  /** 0..1 */
  certainty: number;
}

export interface DrawnFace {
  eyes: Readonly<Record<'left' | 'right', DrawnEye>>;
  /** The middle of the stroke: four points, outer end to inner end. */
  brows: Readonly<Record<'left' | 'right', { line: readonly Point[]; certainty: number }>>;
  /** Its tip, or the lowest point of what is drawn; where it would be if nothing is. */
  nose: { at: Point; certainty: number };
  mouth: {
    rightCorner: Point;
    leftCorner: Point;
    /** Five points each, right to left: the borders of an open mouth; the middle of its line, twice, in a closed one. */
    upper: readonly Point[];
    lower: readonly Point[];
    /** How likely it is drawn open, 0..1. */
    open: number;
    certainty: number;
  };
  /** Nine points: from beside the right eye over the chin, which is the fifth, to beside the left eye. */
  faceLine: { line: readonly Point[]; certainty: number };
  chin: Point;
  /** Radians, as in FaceGeometry. */
  yaw: number;
  pitch: number;
  roll: number;
  /** Of all of it, 0..1. */
  certainty: number;
  /** Between the middles of the eyes. */
  eyeDistance: number;
  /** Whether a person has set eyes, mouth and chin: the lines are guessed from these. */
  byHand: boolean;
}

export const DRAWN_POINT_COUNT = 74;
/** Of each eye: corners; upper lid, lash line, lower lid; the iris's middle, its ends across and upright. */
const EYE = { outer: 0, inner: 1, upper: 2, lashTop: 7, lower: 12, iris: 17 };
const FIRST = { right: { eye: 0, brow: 44 }, left: { eye: 22, brow: 48 } };
const NOSE = 52;
const MOUTH = { right: 53, left: 54, upper: 55, lower: 60 };
const FACE_LINE = 65;
const CHIN = FACE_LINE + 4;

/** Points of a face in the order of models/training/drawn/points.py, and what else is said of it. */
export interface DrawnPoints {
  points: readonly Point[];
  /** Mean error that each point is thought to have, in eye distances. */
  errors: ArrayLike<number>;
  yaw: number;
  pitch: number;
  closed: { right: number; left: number };
  mouthOpen: number;
  /** How certain it is that this is a face at all. */
  face: number;
}

/** Points that are off by this share of the eyes' distance are as likely right as wrong. */
const HALF_CERTAIN = 0.12;

export function drawnFaceOf(found: DrawnPoints): DrawnFace {
  const { points } = found;
  const certainty = (from: number, count: number) => {
    let sum = 0;
    for (let i = from; i < from + count; i++) sum += found.errors[i] / count;
    return 1 / (1 + (sum / HALF_CERTAIN) ** 2);
  };
  const row = (from: number, count = 5) => points.slice(from, from + count);
  const eye = (side: 'left' | 'right'): DrawnEye => {
    const from = FIRST[side].eye;
    const [centre, a, b, top, bottom] = row(from + EYE.iris);
    return {
      outerCorner: points[from + EYE.outer],
      innerCorner: points[from + EYE.inner],
      upperLid: row(from + EYE.upper),
      lashTop: row(from + EYE.lashTop),
      lowerLid: row(from + EYE.lower),
      iris: { centre, radiusX: away(a, b) / 2, radiusY: away(top, bottom) / 2 },
      closed: found.closed[side],
      certainty: certainty(from, EYE.iris),
    };
  };
  const brow = (side: 'left' | 'right') => ({
    line: row(FIRST[side].brow, 4),
    certainty: certainty(FIRST[side].brow, 4),
  });
  const eyes = { right: eye('right'), left: eye('left') };
  const [right, left] = [middleOfEye(eyes.right), middleOfEye(eyes.left)];
  const mouthCertainty = certainty(MOUTH.right, 12);
  const line = row(FACE_LINE, 9);
  return {
    eyes,
    brows: { right: brow('right'), left: brow('left') },
    nose: { at: points[NOSE], certainty: certainty(NOSE, 1) },
    mouth: {
      rightCorner: points[MOUTH.right],
      leftCorner: points[MOUTH.left],
      upper: row(MOUTH.upper),
      lower: row(MOUTH.lower),
      open: found.mouthOpen,
      certainty: mouthCertainty,
    },
    faceLine: { line, certainty: certainty(FACE_LINE, 9) },
    chin: points[CHIN],
    yaw: found.yaw,
    pitch: found.pitch,
    // Against the clock, as FaceGeometry has it.
    roll: -Math.atan2(left[1] - right[1], left[0] - right[0]),
    certainty: found.face * Math.cbrt(eyes.right.certainty * eyes.left.certainty * mouthCertainty),
    eyeDistance: away(right, left),
    byHand: false,
  };
}

export function middleOfEye({ outerCorner, innerCorner }: DrawnEye): Point {
  return [0.5 * (outerCorner[0] + innerCorner[0]), 0.5 * (outerCorner[1] + innerCorner[1])];
}

function away(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** The same face in other coordinates, `scale` times as large. */
export function movedDrawnFace(face: DrawnFace, move: (point: Point) => Point, scale: number): DrawnFace {
  const all = (points: readonly Point[]) => points.map(move);
  const eye = (found: DrawnEye): DrawnEye => ({
    ...found,
    outerCorner: move(found.outerCorner),
    innerCorner: move(found.innerCorner),
    upperLid: all(found.upperLid),
    lashTop: all(found.lashTop),
    lowerLid: all(found.lowerLid),
    iris: {
      centre: move(found.iris.centre),
      radiusX: scale * found.iris.radiusX,
      radiusY: scale * found.iris.radiusY,
    },
  });
  const { brows, mouth } = face;
  return {
    ...face,
    eyes: { left: eye(face.eyes.left), right: eye(face.eyes.right) },
    brows: {
      left: { ...brows.left, line: all(brows.left.line) },
      right: { ...brows.right, line: all(brows.right.line) },
    },
    nose: { ...face.nose, at: move(face.nose.at) },
    mouth: {
      ...mouth,
      rightCorner: move(mouth.rightCorner),
      leftCorner: move(mouth.leftCorner),
      upper: all(mouth.upper),
      lower: all(mouth.lower),
    },
    faceLine: { ...face.faceLine, line: all(face.faceLine.line) },
    chin: move(face.chin),
    eyeDistance: scale * face.eyeDistance,
  };
}
