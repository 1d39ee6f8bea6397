/** Squares of a picture in which faces are looked for: the detector sees 256 pixels, and misses faces of few of them. */
import { EYES } from '../../../face/topology.ts';
import { clamp } from '../../../image/planes.ts';
import type { FoundFace } from '../../../model/face/face-finder.ts';
import type { Region } from '../../../model/face/region.ts';

/** Parts of the usual size are so much of the shorter side, and half overlap. */
const PART = 0.6;
/** In long strips they are larger, up to so much of it, if that keeps them to so many in a row. */
const LARGEST_PART = 2;
const PARTS_IN_A_ROW = 12;
/** A face that is as wide as so much of an area is found in it (12 portraits; most are at 1/20, too). */
export const LEAST_SHARE = 1 / 18;
/** Small parts overlap by so much of their side, which is as wide as the faces that the usual ones miss. */
const SMALL_OVERLAP = 0.2;
const MAX_PARTS = 100;
/** Small parts are of use where they are so much smaller than the usual ones. */
const SMALLER = 0.7;

interface Size {
  width: number;
  height: number;
}

export function usualParts(picture: Size): Region[] {
  const side = usualSide(picture);
  return partsOf(picture, side, side / 2);
}

function usualSide({ width, height }: Size): number {
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  return clamp((2 * longer) / PARTS_IN_A_ROW, PART * shorter, LARGEST_PART * shorter);
}

/** For faces of that width, where the usual parts are too large for them; none where they are not. */
export function smallParts(picture: Size, faceWidth: number): Region[] {
  const least = faceWidth / LEAST_SHARE;
  if (least > SMALLER * usualSide(picture)) return [];
  const step = 1 - SMALL_OVERLAP;
  const side = Math.max(least, Math.sqrt((picture.width * picture.height) / MAX_PARTS) / step);
  return partsOf(picture, side, step * side);
}

function partsOf({ width, height }: Size, side: number, step: number): Region[] {
  const count = (length: number) => clamp(Math.ceil((length - side) / step) + 1, 1, MAX_PARTS);
  const [across, down] = [count(width), count(height)];
  return Array.from({ length: across * down }, (_, i) => {
    const column = across > 1 ? (i % across) / (across - 1) : 0.5;
    const row = down > 1 ? Math.floor(i / across) / (down - 1) : 0.5;
    return { x: side / 2 + column * (width - side), y: side / 2 + row * (height - side), side, angle: 0 };
  });
}

/** How far a face is tilted in its picture, clockwise, radians. */
export function tiltOf({ landmarks }: Pick<FoundFace, 'landmarks'>): number {
  const [right, left] = [3 * EYES.right.outerCorner, 3 * EYES.left.outerCorner];
  return Math.atan2(landmarks[left + 1] - landmarks[right + 1], landmarks[left] - landmarks[right]);
}
