/** The square of a portrait that becomes the avatar. */
import { CHIN, FOREHEAD } from '../../../face/topology.ts';
import type { Rectangle } from '../../../image/cut-and-scale.ts';
import { clamp } from '../../../image/planes.ts';
import type { FoundFace } from '../../../model/face/face-finder.ts';

/** Face height (forehead to chin) over view height: what a head-shot has, and what other pictures are cut to. */
const HEAD_SHOT_RANGE = [0.3, 0.62];
const CHOSEN_FACE_HEIGHT = 0.4;

/** A head-shot keeps its own framing; other pictures are cut around head and shoulders. Always a square in `picture`. */
export function chooseView(picture: Rectangle, face: FoundFace): Rectangle {
  const at = (i: number) => [face.landmarks[3 * i], face.landmarks[3 * i + 1]];
  const [top, chin] = [at(FOREHEAD), at(CHIN)];
  const height = Math.hypot(top[0] - chin[0], top[1] - chin[1]);
  const centre = [0.5 * (top[0] + chin[0]), 0.5 * (top[1] + chin[1])];
  const shorter = Math.min(picture.width, picture.height);
  const share = height / shorter;
  const keeps = share >= HEAD_SHOT_RANGE[0] && Math.max(picture.width, picture.height) < 1.4 * shorter;
  const side = Math.floor(keeps ? shorter : Math.min(shorter, height / CHOSEN_FACE_HEIGHT));
  return {
    left: Math.round(clamp(centre[0] - side / 2, picture.left, picture.left + picture.width - side)),
    top: Math.round(clamp(centre[1] - 0.47 * side, picture.top, picture.top + picture.height - side)),
    width: side,
    height: side,
  };
}

/** Landmarks of a picture `[478·3]` as fractions of a view. */
export function landmarksInView(landmarks: Float64Array, { left, top, width }: Rectangle): Float32Array {
  const origin = [left, top, 0];
  return Float32Array.from(landmarks, (value, i) => (value - origin[i % 3]) / width);
}
