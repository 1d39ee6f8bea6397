/**
 * A face whose eyes, mouth and chin a person has set: all other lines lie as those of people do, or as the network sees
 * them where it sees the same face.
 */
import type { FacePoints } from '../../../../contract/face-points.ts';
import type { RgbPicture } from '../../../../contract/rgb-picture.ts';
import { VultusError } from '../../../../errors.ts';
import { type DrawnFace, drawnFaceOf, middleOfEye, movedDrawnFace } from '../../../../face/drawn-face.ts';
import type { FaceBasis } from '../../../../face/face-basis.ts';
import {
  CHIN,
  EYES,
  type EyeTopology,
  FACE_OVAL,
  INNER_LOWER_LIP,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  NOSE_TIP,
} from '../../../../face/topology.ts';
import { between, type Point } from '../../../../image/polygon.ts';
import { bend } from './thin-plate.ts';

const CERTAINTY = 0.5;
/** The network sees the same face where its eyes, mouth and chin are no farther off than this, in eye distances. */
const SAME = 0.4;
const LEAST_CERTAINTY = 0.25;
/** Drawn eyes are taller than people's. */
const TALLER = 1.6;
const BROWS = { right: [70, 63, 105, 107], left: [300, 293, 334, 336] };
/** Of any face that is one: pixels between the eyes; all others in eye distances, mouth and chin below the eyes' line. */
const LEAST_EYE_DISTANCE = 8;
const LEAST_MOUTH = 0.1;
const LEAST_BELOW = 0.3;
const LEAST_CHIN = 0.1;
const MOST = 6;
/** Errors of points that were guessed, in eye distances: half certain. */
const GUESSED = 0.12;

/**
 * `seen`: what the network has in this place, if anything.
 * @throws VultusError `portrait_no_face` where the points don't lie as those of a face
 */
export function faceByHand(
  picture: Pick<RgbPicture, 'width' | 'height'>,
  points: FacePoints,
  basis: FaceBasis,
  seen?: DrawnFace,
): DrawnFace {
  const set = (Object.entries(points) as [keyof FacePoints, Point][]).map(([name, [x, y]]) => ({
    name,
    at: [x * picture.width, y * picture.height] as Point,
  }));
  const hand = set.map(({ at }) => at);
  const own = seen && anchorsOf(seen);
  const unit = Math.hypot(hand[0][0] - hand[1][0], hand[0][1] - hand[1][1]);
  if (!isFace(hand, unit))
    throw new VultusError('portrait_no_face', 'the points that were set do not lie as those of a face');
  const isSame =
    own?.every(([x, y], i) => Math.hypot(x - hand[i][0], y - hand[i][1]) < SAME * unit) &&
    seen!.certainty > LEAST_CERTAINTY;
  const face = isSame ? seen! : usualFace(basis);
  const from = anchorsOf(face);
  // The plate is fitted where the five points are of unit size.
  const scale = 1 / Math.hypot(from[0][0] - from[1][0], from[0][1] - from[1][1]);
  const small = ([x, y]: Point): Point => [x * scale, y * scale];
  const offsetAt = bend(from.map(small), hand);
  const moved = movedDrawnFace(face, (point) => offsetAt(small(point)), scale * unit);
  const [right, left] = [middleOfEye(moved.eyes.right), middleOfEye(moved.eyes.left)];
  return {
    ...moved,
    roll: -Math.atan2(left[1] - right[1], left[0] - right[0]),
    certainty: CERTAINTY,
    byHand: true,
  };
}

/** Whether the eyes are apart, the mouth below them and the chin below that, however the face is turned in the picture. */
function isFace([rightEye, leftEye, mouthRight, mouthLeft, chin]: readonly Point[], unit: number): boolean {
  if (unit < LEAST_EYE_DISTANCE) return false;
  const across = [(leftEye[0] - rightEye[0]) / unit, (leftEye[1] - rightEye[1]) / unit];
  const along = (from: Point, to: Point) =>
    ((to[0] - from[0]) * across[0] + (to[1] - from[1]) * across[1]) / unit;
  const below = (from: Point, to: Point) =>
    ((to[1] - from[1]) * across[0] - (to[0] - from[0]) * across[1]) / unit;
  const [eyes, mouth] = [between(rightEye, leftEye, 0.5), between(mouthRight, mouthLeft, 0.5)];
  return (
    along(mouthRight, mouthLeft) > LEAST_MOUTH &&
    below(eyes, mouth) > LEAST_BELOW &&
    below(mouth, chin) > LEAST_CHIN &&
    Math.hypot(chin[0] - eyes[0], chin[1] - eyes[1]) < MOST * unit
  );
}

/** In the order of FACE_POINT_NAMES. */
function anchorsOf({ eyes, mouth, chin }: DrawnFace): Point[] {
  return [middleOf(eyes.right), middleOf(eyes.left), mouth.rightCorner, mouth.leftCorner, chin];
}

/** Of the opening: what a person takes for the eye. */
function middleOf({ upperLid, lowerLid }: DrawnFace['eyes']['left']): Point {
  return between(upperLid[2], lowerLid[2], 0.5);
}

/** A face of people from the front, with a closed mouth and eyes as drawings have them. */
function usualFace({ rest }: FaceBasis): DrawnFace {
  const at = (i: number): Point => [rest[3 * i], -rest[3 * i + 1]];
  const eye = (topology: EyeTopology): Point[] => {
    const [outer, inner] = [at(topology.outerCorner), at(topology.innerCorner)];
    const line = (lid: readonly number[], share: number) =>
      [1, 2, 3, 4, 5].map((k): Point => {
        const place = (k / 6) * (lid.length + 1) - 1;
        const low = Math.min(lid.length - 1, Math.max(0, Math.floor(place)));
        const high = Math.min(lid.length - 1, low + 1);
        const [x, y] = between(at(lid[low]), at(lid[high]), Math.max(0, place - low));
        const level = outer[1] + ((inner[1] - outer[1]) * k) / 6;
        return [x, level + share * (y - level)];
      });
    const centre = at(topology.irisCentre);
    const radius = Math.hypot(...topology.irisEdge.slice(0, 1).map((i) => at(i)[0] - centre[0]));
    const [dx, dy] = [1.2 * radius, 1.2 * TALLER * radius];
    return [
      outer,
      inner,
      ...line(topology.upperLid, TALLER),
      ...line(topology.upperLid, 1.3 * TALLER),
      ...line(topology.lowerLid, TALLER),
      centre,
      [centre[0] - dx, centre[1]],
      [centre[0] + dx, centre[1]],
      [centre[0], centre[1] - dy],
      [centre[0], centre[1] + dy],
    ];
  };
  const lips = [1, 2, 3, 4, 5].map((k): Point => {
    const i = Math.round((k / 6) * (INNER_UPPER_LIP.length + 1)) - 1;
    return between(at(INNER_UPPER_LIP[i]), at(INNER_LOWER_LIP[i]), 0.5);
  });
  const jaw = [127, 93, 58, 150, CHIN, 379, 288, 323, 356].filter((i) =>
    (FACE_OVAL as readonly number[]).includes(i),
  );
  const points = [
    ...eye(EYES.right),
    ...eye(EYES.left),
    ...BROWS.right.map(at),
    ...BROWS.left.map(at),
    at(NOSE_TIP),
    at(INNER_MOUTH_CORNER.right),
    at(INNER_MOUTH_CORNER.left),
    ...lips,
    ...lips,
    ...jaw.map(at),
  ];
  return drawnFaceOf({
    points,
    errors: points.map(() => GUESSED),
    yaw: 0,
    pitch: 0,
    closed: { right: 0, left: 0 },
    mouthOpen: 0,
    face: 1,
  });
}
