/**
 * Finds drawn faces, which the networks for people miss: where they are in a picture (`drawn-detector.onnx`), then
 * their lines (`drawn-points.onnx`). Both were made by models/training/drawn.
 */
import { type InferenceSession, Tensor } from 'onnxruntime-common';
import {
  DRAWN_POINT_COUNT,
  type DrawnFace,
  type DrawnPoints,
  drawnFaceOf,
  middleOfEye,
} from '../../face/drawn-face.ts';
import type { Point } from '../../image/polygon.ts';
import { openAnalysisNetwork } from '../analysis-network.ts';
import type { ModelPack } from '../pack.ts';
import type { Pyramid } from './pyramid.ts';
import { type Cut, cutRegion, type Region, toPicture } from './region.ts';

const CUT: Cut = { size: 128, outside: 'black' };
/** The detector's cells along a side; of each: score, middle (2), logarithm of size in cells, cosine and sine of tilt. */
const CELLS = 16;
const CELL = CUT.size / CELLS;
const LEAST_SCORE = 0.25;
/** So many places of an area are looked at from nearer by. */
const MOST_PLACES = 4;
/** Cuts show this much, in sizes of a face; its middle lies between the eyes and the chin (samples.py). */
const REGION_SIDE = 1.45;
const TO_CHIN = 0.45;
const LONG_FACE = 1.5;
/** Faces are looked at again, each time in the cut that the points before ask for. */
const LOOKS = 2;

interface Place {
  score: number;
  region: Region;
}

export class DrawnFaceFinder {
  readonly #detector: InferenceSession;
  readonly #points: InferenceSession;
  readonly #input = new Float32Array(3 * CUT.size * CUT.size);

  private constructor(detector: InferenceSession, points: InferenceSession) {
    this.#detector = detector;
    this.#points = points;
  }

  /** @throws VultusError `pack_invalid` */
  static async open({
    drawnDetector,
    drawnPoints,
  }: Pick<ModelPack['files'], 'drawnDetector' | 'drawnPoints'>): Promise<DrawnFaceFinder> {
    return new DrawnFaceFinder(
      await openAnalysisNetwork(drawnDetector),
      await openAnalysisNetwork(drawnPoints),
    );
  }

  /** Faces that a square of a picture shows, upright as it is, surest first; however unsure they are. */
  async findIn(pyramid: Pyramid, area: Region): Promise<DrawnFace[]> {
    cutRegion(pyramid, area, CUT, this.#input);
    const { cells } = await this.#detector.run({ picture: this.#picture() });
    const faces: DrawnFace[] = [];
    for (const { score, region } of placesIn(cells.data as Float32Array, area).slice(0, MOST_PLACES)) {
      const face = await this.#look(pyramid, region);
      const certain = { ...face, certainty: Math.sqrt(score) * face.certainty };
      if (!faces.some((other) => isSame(other, certain))) faces.push(certain);
    }
    return faces.sort((a, b) => b.certainty - a.certainty);
  }

  /** A face again, in a picture that shows more of it than the one in which it was found. */
  async again(pyramid: Pyramid, face: DrawnFace): Promise<DrawnFace> {
    return this.#look(pyramid, regionOf(face));
  }

  async #look(pyramid: Pyramid, first: Region): Promise<DrawnFace> {
    let face = await this.#measure(pyramid, first);
    for (let k = 1; k < LOOKS; k++) face = await this.#measure(pyramid, regionOf(face));
    return face;
  }

  async #measure(pyramid: Pyramid, region: Region): Promise<DrawnFace> {
    cutRegion(pyramid, region, CUT, this.#input);
    const { points, whole } = await this.#points.run({ picture: this.#picture() });
    return drawnFaceOf(read(points.data as Float32Array, whole.data as Float32Array, region));
  }

  #picture(): Tensor {
    return new Tensor('float32', this.#input, [1, 3, CUT.size, CUT.size]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#detector.release(), this.#points.release()]);
  }
}

function read(values: Float32Array, whole: Float32Array, region: Region): DrawnPoints {
  const points: Point[] = [];
  const errors: number[] = [];
  for (let i = 0; i < DRAWN_POINT_COUNT; i++) {
    points.push(toPicture(region, CUT, values[3 * i], values[3 * i + 1]));
    errors.push(Math.exp(values[3 * i + 2]));
  }
  const [yaw, pitch, ...odds] = whole;
  const [face, right, left, mouthOpen] = odds.map(logistic);
  return { points, errors, yaw, pitch, face, closed: { right, left }, mouthOpen };
}

function logistic(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

/** Where scores are higher than all around, surest first. */
function placesIn(cells: Float32Array, area: Region): Place[] {
  const value = (k: number, column: number, row: number) => cells[(k * CELLS + row) * CELLS + column];
  const places: Place[] = [];
  for (let row = 0; row < CELLS; row++) {
    for (let column = 0; column < CELLS; column++) {
      const score = logistic(value(0, column, row));
      if (score < LEAST_SCORE || !isPeak(cells, column, row)) continue;
      const [dx, dy, size, cos, sin] = [1, 2, 3, 4, 5].map((k) => value(k, column, row));
      const [x, y] = toPicture(area, CUT, CELL * (column + 0.5 + dx), CELL * (row + 0.5 + dy));
      const side = (REGION_SIDE * Math.exp(size) * CELL * area.side) / CUT.size;
      places.push({ score, region: { x, y, side, angle: area.angle + Math.atan2(sin, cos) } });
    }
  }
  return places.sort((a, b) => b.score - a.score);
}

function isPeak(cells: Float32Array, column: number, row: number): boolean {
  for (let y = Math.max(0, row - 1); y <= Math.min(CELLS - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(CELLS - 1, column + 1); x++) {
      if (cells[y * CELLS + x] > cells[row * CELLS + column]) return false;
    }
  }
  return true;
}

/** What to cut out to see a face whose points are known. */
function regionOf({ eyes, chin, faceLine, roll }: DrawnFace): Region {
  const [right, left] = [middleOfEye(eyes.right), middleOfEye(eyes.left)];
  const middle = [0, 1].map((axis) => 0.5 * (right[axis] + left[axis]));
  const [x, y] = [0, 1].map((axis) => (1 - TO_CHIN) * middle[axis] + TO_CHIN * chin[axis]);
  const [a, b] = [faceLine.line[0], faceLine.line.at(-1)!];
  const long = LONG_FACE * Math.hypot(middle[0] - chin[0], middle[1] - chin[1]);
  return { x, y, side: REGION_SIDE * Math.max(long, Math.hypot(a[0] - b[0], a[1] - b[1])), angle: -roll };
}

function isSame(a: DrawnFace, b: DrawnFace): boolean {
  const away = Math.hypot(a.nose.at[0] - b.nose.at[0], a.nose.at[1] - b.nose.at[1]);
  return away < Math.max(a.eyeDistance, b.eyeDistance);
}
