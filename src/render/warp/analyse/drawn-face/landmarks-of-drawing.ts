/**
 * The 478 landmarks of a drawn face: those that the drawing shows lie on its lines, the others where a face of people
 * has them, bent to these (thin plates; Bookstein 1989).
 */
import type { DrawnEye, DrawnFace } from '../../../../face/drawn-face.ts';
import { middleOfEye } from '../../../../face/drawn-face.ts';
import type { FaceBasis } from '../../../../face/face-basis.ts';
import {
  CHIN,
  EYES,
  FACE_OVAL,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  LANDMARK_COUNT,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  NOSE_TIP,
  SIDES,
  UPPER_LIP_RINGS,
} from '../../../../face/topology.ts';
import { between, type Point } from '../../../../image/polygon.ts';
import { bend } from './thin-plate.ts';

/** Points of the mesh along a brow, outer end to inner end: its upper edge and its lower one. */
const BROWS = {
  right: { upper: [70, 63, 105, 66, 107], lower: [46, 53, 52, 65, 55] },
  left: { upper: [300, 293, 334, 296, 336], lower: [276, 283, 282, 295, 285] },
};
/** The mesh's face line goes from beside the right eye over the chin; the other half is that of the forehead. */
const LINE_FROM = FACE_OVAL.indexOf(127);
const LINE_TO = FACE_OVAL.indexOf(356);
/** Thickness of brows and of the lips that a drawing does not show, in distances of the eyes. */
const BROW = 0.04;
const LIP = 0.07;
/** Where rings of lips lie between their outer edge and the inner one. */
const RING_SHARES = [0, 0.35, 0.7, 1];
/** Outer corners of the mouth beyond its ends, in half mouths. */
const CORNER = 0.04;
/** The crease lies so far above the lash line, in heights of the eye's opening. */
const CREASE = 0.3;
/** Square centimetres: points of a drawing's lines err a little. */
const STIFFNESS = 0.02;
/** Which of those that lie on the drawing's lines bend the rest. Lids and inner lips lie too near to each other. */
const LIDS_THAT_BEND = [1, 3, 5];

/** `Float64Array [478·3]` in the coordinates of `face`: x right, y down, z towards the viewer. */
export function landmarksOfDrawing(face: DrawnFace, { rest }: FaceBasis): Float64Array {
  const posed = pose(face, rest);
  const exact = onLines(face, rest, posed);
  const guides = new Map(exact);
  for (const side of SIDES) {
    const { upperLid, lowerLid, crease, irisCentre, irisEdge } = EYES[side];
    [...upperLid, ...lowerLid].forEach((point, i) => {
      if (!LIDS_THAT_BEND.includes(i % upperLid.length)) guides.delete(point);
    });
    for (const point of [...crease, irisCentre, ...irisEdge]) guides.delete(point);
  }
  for (const ring of [...UPPER_LIP_RINGS, ...LOWER_LIP_RINGS].flat()) guides.delete(ring);
  for (const middle of [UPPER_LIP_RINGS[0][4], LOWER_LIP_RINGS[0][4]]) guides.set(middle, exact.get(middle)!);
  for (const { right, left } of [INNER_MOUTH_CORNER]) for (const point of [right, left]) guides.delete(point);
  const points = [...guides.keys()];
  const places = points.map((i): Point => [rest[3 * i], rest[3 * i + 1]]);
  const offsets = points.map((i): Point => {
    const [x, y] = guides.get(i)!;
    return [x - posed[3 * i], y - posed[3 * i + 1]];
  });
  const offsetAt = bend(places, offsets, STIFFNESS);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const [dx, dy] = offsetAt([rest[3 * i], rest[3 * i + 1]]);
    posed[3 * i] += dx;
    posed[3 * i + 1] += dy;
  }
  for (const [i, [x, y]] of exact) {
    posed[3 * i] = x;
    posed[3 * i + 1] = y;
  }
  return posed;
}

/** The face of people, turned as the drawn one is, as large, with its eyes and chin where the drawing has them. */
function pose(face: DrawnFace, rest: Float32Array): Float64Array {
  const { yaw, pitch, roll } = face;
  const result = new Float64Array(3 * LANDMARK_COUNT);
  const [cy, sy, cp, sp, cr, sr] = [yaw, pitch, roll].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]);
  for (let i = 0; i < 3 * LANDMARK_COUNT; i += 3) {
    const [x, y, z] = [rest[i], -rest[i + 1], rest[i + 2]];
    const [across, out] = [x * cy + z * sy, z * cy - x * sy];
    const [down, near] = [y * cp + out * sp, out * cp - y * sp];
    result.set([across * cr + down * sr, down * cr - across * sr, near], i);
  }
  const eyes = middleOfEyes(result);
  const chin: Point = [result[3 * CHIN], result[3 * CHIN + 1]];
  const [right, left] = [middleOfEye(face.eyes.right), middleOfEye(face.eyes.left)];
  const [width, faceWidth] = [widthOf(result), lengthOf(face.faceLine.line[0], face.faceLine.line[8])];
  const ownEyes = between(right, left, 0.5);
  // Drawings have long and short faces: between what its height asks for and what its width does.
  const scale = Math.sqrt((lengthOf(ownEyes, face.chin) / lengthOf(eyes, chin)) * (faceWidth / width));
  for (let i = 0; i < 3 * LANDMARK_COUNT; i += 3) {
    result[i] = ownEyes[0] + scale * (result[i] - eyes[0]);
    result[i + 1] = ownEyes[1] + scale * (result[i + 1] - eyes[1]);
    result[i + 2] *= scale;
  }
  return result;
}

function middleOfEyes(points: Float64Array): Point {
  const corners = SIDES.flatMap((side) => [EYES[side].outerCorner, EYES[side].innerCorner]);
  const mean = (axis: number) => corners.reduce((sum, i) => sum + points[3 * i + axis], 0) / corners.length;
  return [mean(0), mean(1)];
}

function widthOf(points: Float64Array): number {
  const [a, b] = [3 * FACE_OVAL[LINE_FROM], 3 * FACE_OVAL[LINE_TO]];
  return Math.hypot(points[a] - points[b], points[a + 1] - points[b + 1]);
}

function lengthOf(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** Landmarks that lie on what is drawn. */
function onLines(face: DrawnFace, rest: Float32Array, posed: Float64Array): Map<number, Point> {
  const places = new Map<number, Point>();
  const up: Point = [-Math.sin(face.roll), -Math.cos(face.roll)];
  const moved = ([x, y]: Point, by: number): Point => [x + by * up[0], y + by * up[1]];
  for (const side of SIDES) {
    for (const [i, place] of eyeLandmarks(face.eyes[side], side, rest, up)) places.set(i, place);
    const { upper, lower } = BROWS[side];
    const half = (BROW * face.eyeDistance) / 2;
    for (const [row, by] of [
      [upper, half],
      [lower, -half],
    ] as const) {
      for (const [k, point] of row.entries())
        places.set(point, moved(along(face.brows[side].line, k / 4), by));
    }
  }
  places.set(NOSE_TIP, face.nose.at);
  for (const [i, place] of mouthLandmarks(face, moved)) places.set(i, place);
  for (const [i, place] of ovalLandmarks(face, posed)) places.set(i, place);
  places.set(CHIN, face.chin);
  return places;
}

function eyeLandmarks(eye: DrawnEye, side: 'left' | 'right', rest: Float32Array, up: Point) {
  const { outerCorner, innerCorner, upperLid, lowerLid, crease, irisCentre, irisEdge } = EYES[side];
  const places: [number, Point][] = [
    [outerCorner, eye.outerCorner],
    [innerCorner, eye.innerCorner],
  ];
  const shareOf = (i: number) =>
    (rest[3 * i] - rest[3 * outerCorner]) / (rest[3 * innerCorner] - rest[3 * outerCorner]);
  const border = (lid: readonly Point[]) => [eye.outerCorner, ...lid, eye.innerCorner];
  const middle = eye.upperLid.length >> 1;
  const tall = lengthOf(eye.upperLid[middle], eye.lowerLid[middle]);
  for (const point of upperLid) places.push([point, along(border(eye.upperLid), shareOf(point))]);
  for (const point of lowerLid) places.push([point, along(border(eye.lowerLid), shareOf(point))]);
  crease.forEach((point, k) => {
    const share = shareOf(upperLid[k]);
    const [x, y] = along(border(eye.lashTop), share);
    const lift = CREASE * tall * (1 - (2 * share - 1) ** 2);
    places.push([point, [x + lift * up[0], y + lift * up[1]]]);
  });
  const { centre, radiusX, radiusY } = eye.iris;
  places.push([irisCentre, centre]);
  for (const point of irisEdge) {
    const [dx, dy] = [0, 1].map((axis) => rest[3 * point + axis] - rest[3 * irisCentre + axis]);
    const away = Math.hypot(dx, dy);
    const [across, upward] = [(radiusX * dx) / away, (radiusY * dy) / away];
    places.push([
      point,
      [centre[0] - across * up[1] + upward * up[0], centre[1] + across * up[0] + upward * up[1]],
    ]);
  }
  return places;
}

function mouthLandmarks({ mouth, eyeDistance }: DrawnFace, moved: (point: Point, by: number) => Point) {
  const { right, left } = { right: mouth.rightCorner, left: mouth.leftCorner };
  const places: [number, Point][] = [
    [INNER_MOUTH_CORNER.right, right],
    [INNER_MOUTH_CORNER.left, left],
    [MOUTH_CORNER.right, between(right, left, -CORNER / 2)],
    [MOUTH_CORNER.left, between(right, left, 1 + CORNER / 2)],
  ];
  const lip = Math.min(LIP * eyeDistance, 0.3 * lengthOf(right, left));
  for (const [rings, line, sign] of [
    [UPPER_LIP_RINGS, mouth.upper, 1],
    [LOWER_LIP_RINGS, mouth.lower, -1],
  ] as const) {
    rings.forEach((ring, r) => {
      ring.forEach((point, k) => {
        const share = (k + 1) / (INNER_UPPER_LIP.length + 1);
        const thickness = lip * (1 - (2 * share - 1) ** 2) ** 0.7;
        const inner = along([right, ...line, left], share);
        places.push([point, moved(inner, sign * thickness * (1 - RING_SHARES[r]))]);
      });
    });
  }
  return places;
}

/** The jaw on the face line; the forehead's arch above it, as high as people's faces and the drawing's ask for. */
function ovalLandmarks(face: DrawnFace, posed: Float64Array) {
  const at = (i: number): Point => [posed[3 * i], posed[3 * i + 1]];
  const count = FACE_OVAL.length;
  const lower = Array.from(
    { length: LINE_FROM - LINE_TO + 1 },
    (_, k) => FACE_OVAL[(LINE_FROM - k + count) % count],
  );
  const shares = waysAlong(lower.map(at));
  const places: [number, Point][] = lower.map((point, k) => [point, byWay(face.faceLine.line, shares[k])]);
  // The others keep their distance from the line through its ends.
  const [first, last] = [face.faceLine.line[0], face.faceLine.line[8]];
  const [ownFirst, ownLast] = [at(lower[0]), at(lower.at(-1)!)];
  const middle = between(first, last, 0.5);
  const ownMiddle = between(ownFirst, ownLast, 0.5);
  const wider = lengthOf(first, last) / lengthOf(ownFirst, ownLast);
  for (const point of FACE_OVAL) {
    if (lower.includes(point)) continue;
    const [x, y] = at(point);
    places.push([point, [middle[0] + wider * (x - ownMiddle[0]), middle[1] + wider * (y - ownMiddle[1])]]);
  }
  return places;
}

/** A place on a line of evenly spread points, at 0 … 1 of them. */
function along(line: readonly Point[], share: number): Point {
  const place = Math.min(1, Math.max(0, share)) * (line.length - 1);
  const k = Math.min(line.length - 2, Math.floor(place));
  return between(line[k], line[k + 1], place - k);
}

/** How far along a line each of its points is, 0 … 1. */
function waysAlong(line: readonly Point[]): number[] {
  const ways = [0];
  for (let k = 1; k < line.length; k++) ways.push(ways[k - 1] + lengthOf(line[k - 1], line[k]));
  return ways.map((way) => way / ways.at(-1)!);
}

function byWay(line: readonly Point[], way: number): Point {
  const ways = waysAlong(line);
  const k = Math.max(
    0,
    Math.min(
      line.length - 2,
      ways.findLastIndex((passed) => passed <= way),
    ),
  );
  return between(line[k], line[k + 1], (way - ways[k]) / (ways[k + 1] - ways[k]));
}
