/** Where faces are in a picture, roughly: MediaPipe's BlazeFace for faces near and far (`face-detector.onnx`). */
import { type InferenceSession, Tensor } from 'onnxruntime-common';
import type { Pyramid } from './pyramid.ts';
import { type Cut, cutRegion, type Region, toPicture } from './region.ts';

const CUT: Cut = { size: 256, outside: 'black' };
/** Cells of the two grids along a side, and how many boxes the network guesses in each cell. */
const GRIDS = [
  [16, 2],
  [8, 6],
] as const;
/** Middle, size, then six points: the eye on the picture's left, the other eye, nose, mouth and both ears. */
const VALUES_PER_BOX = 16;
const EYE_VALUES = 4;
const MIN_SCORE = 0.2;
/** Boxes that overlap by more (intersection over union) are of one face. */
const SAME_FACE_OVERLAP = 0.3;
/** A face's mesh wants to see this much, in boxes. */
const REGION_SIDE = 1.5;

export interface DetectedFace {
  /** 0..1 */
  score: number;
  /** All of the face and some of what surrounds it, upright as the face is. */
  region: Region;
}

interface Box {
  score: number;
  /** In pixels of the network's input. */
  values: Float32Array;
}

export class FaceDetector {
  readonly #session: InferenceSession;
  readonly #input = new Float32Array(3 * CUT.size * CUT.size);

  /** `session`: the network, in whatever runs it, here or in a browser; closed with it. */
  constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** Surest first. Faces that stand as `area` does are found best. */
  async find(pyramid: Pyramid, area: Region): Promise<DetectedFace[]> {
    cutRegion(pyramid, area, CUT, this.#input);
    const { scores, boxes } = await this.#session.run({
      picture: new Tensor('float32', this.#input, [1, 3, CUT.size, CUT.size]),
    });
    return mergeBoxes(decodeBoxes(scores.data as Float32Array, boxes.data as Float32Array)).map(
      ({ score, values }) => ({ score, region: regionOf(values, area) }),
    );
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

/** The network tells places from the middle of each cell. */
function decodeBoxes(scores: Float32Array, offsets: Float32Array): Box[] {
  const boxes: Box[] = [];
  let i = 0;
  for (const [cells, guesses] of GRIDS) {
    const cell = CUT.size / cells;
    for (let k = 0; k < cells * cells * guesses; k++, i++) {
      if (scores[i] < MIN_SCORE) continue;
      const place = Math.floor(k / guesses);
      const middle = [(place % cells) + 0.5, Math.floor(place / cells) + 0.5];
      const values = offsets.slice(VALUES_PER_BOX * i, VALUES_PER_BOX * (i + 1));
      for (let v = 0; v < VALUES_PER_BOX; v++) if (v !== 2 && v !== 3) values[v] += cell * middle[v % 2];
      boxes.push({ score: scores[i], values });
    }
  }
  return boxes.sort((a, b) => b.score - a.score);
}

/** One box for each face: the mean of all that overlap the surest one, by their scores. */
function mergeBoxes(boxes: readonly Box[]): Box[] {
  const faces: Box[] = [];
  let left = boxes;
  while (left.length > 0) {
    const same = left.filter((box) => overlap(left[0].values, box.values) > SAME_FACE_OVERLAP);
    const total = same.reduce((sum, { score }) => sum + score, 0);
    const values = left[0].values.map((_, v) =>
      same.reduce((sum, box) => sum + (box.score * box.values[v]) / total, 0),
    );
    faces.push({ score: left[0].score, values });
    // The surest box goes in any case: one without an area overlaps nothing, not even itself.
    left = left.slice(1).filter((box) => !same.includes(box));
  }
  return faces;
}

/** Intersection over union. */
function overlap(a: Float32Array, b: Float32Array): number {
  const along = (axis: number) =>
    Math.min(a[axis] + a[axis + 2] / 2, b[axis] + b[axis + 2] / 2) -
    Math.max(a[axis] - a[axis + 2] / 2, b[axis] - b[axis + 2] / 2);
  const shared = Math.max(0, along(0)) * Math.max(0, along(1));
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}

function regionOf(values: Float32Array, area: Region): Region {
  const [x, y] = toPicture(area, CUT, values[0], values[1]);
  const [ax, ay, bx, by] = values.subarray(EYE_VALUES, EYE_VALUES + 4);
  const scale = area.side / CUT.size;
  return {
    x,
    y,
    side: REGION_SIDE * scale * Math.max(values[2], values[3]),
    angle: area.angle + Math.atan2(by - ay, bx - ax),
  };
}
