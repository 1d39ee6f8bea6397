/** Finds the drawn face of a picture: in all of it or, where that shows none, in parts of it. */
import type { FacePoints } from '../../../../contract/face-points.ts';
import type { RgbPicture } from '../../../../contract/rgb-picture.ts';
import type { DrawnFace } from '../../../../face/drawn-face.ts';
import { DrawnFaceFinder } from '../../../../model/face/drawn-face-finder.ts';
import type { FoundFace } from '../../../../model/face/face-finder.ts';
import { Pyramid } from '../../../../model/face/pyramid.ts';
import { wholeOf } from '../../../../model/face/region.ts';
import type { ModelPack } from '../../../../model/pack.ts';
import { type FaceBasis, readFaceBasis } from '../face-basis.ts';
import { usualParts } from '../search-areas.ts';
import { faceByHand } from './face-by-hand.ts';
import { landmarksOfDrawing } from './landmarks-of-drawing.ts';

/** What is less certain is no face: drawn ones of 15 styles have 0.67 to 0.89; a cup, a cat and screens at most 0.52. */
export const LEAST_CERTAINTY = 0.6;
/** Faces much smaller than the largest one are bystanders; so are those that are less certain by this. */
const MIN_SHARE_OF_LARGEST = 0.4;
const LESS_CERTAIN = 0.6;

export interface DrawnSearch {
  /** Surest first. */
  faces: DrawnFace[];
  /** Of the best that was seen, face or not. */
  bestCertainty: number;
}

export class DrawnFaces {
  readonly #finder: DrawnFaceFinder;
  readonly #basis: FaceBasis;

  private constructor(finder: DrawnFaceFinder, basis: FaceBasis) {
    this.#finder = finder;
    this.#basis = basis;
  }

  /** @throws VultusError `pack_invalid` */
  static async open(files: ModelPack['files']): Promise<DrawnFaces> {
    return new DrawnFaces(await DrawnFaceFinder.open(files), await readFaceBasis(files.faceBasis));
  }

  async search(picture: RgbPicture): Promise<DrawnSearch> {
    const pyramid = new Pyramid(picture);
    const seen: DrawnFace[] = [];
    for (const areas of [[wholeOf(picture)], usualParts(picture)]) {
      for (const area of areas) seen.push(...(await this.#finder.findIn(pyramid, area)));
      if (seen.some(({ certainty }) => certainty >= LEAST_CERTAINTY)) break;
    }
    seen.sort((a, b) => b.certainty - a.certainty);
    return { faces: distinct(seen), bestCertainty: seen[0]?.certainty ?? 0 };
  }

  /** Of all of a picture as it is, surest first. */
  async seenIn(picture: RgbPicture): Promise<DrawnFace[]> {
    const seen = await this.#finder.findIn(new Pyramid(picture), wholeOf(picture));
    return seen.length > 0 ? distinct(seen) : [];
  }

  /** The face that a person has set, with what the network sees in that place. */
  async byHand(picture: RgbPicture, points: FacePoints): Promise<FoundFace> {
    const set = faceByHand(picture, points, this.#basis);
    const seen = await this.#finder.again(new Pyramid(picture), set);
    return this.asFound(faceByHand(picture, points, this.#basis, seen));
  }

  /** A face again, in a picture that shows more of it. */
  async again(picture: RgbPicture, face: DrawnFace): Promise<FoundFace> {
    return this.asFound(face.byHand ? face : await this.#finder.again(new Pyramid(picture), face));
  }

  /** With the landmarks of a face. */
  asFound(face: DrawnFace): FoundFace {
    const landmarks = landmarksOfDrawing(face, this.#basis);
    const { line } = face.faceLine;
    const side = 2 * Math.max(Math.abs(line[8][0] - line[0][0]), face.eyeDistance);
    const [x, y] = face.nose.at;
    return {
      box: [x - side / 2, y - side / 2, side, side],
      landmarks,
      closeUp: landmarks,
      sureness: face.certainty,
      drawn: face,
    };
  }

  async close(): Promise<void> {
    await this.#finder.close();
  }
}

function distinct(seen: readonly DrawnFace[]): DrawnFace[] {
  const faces: DrawnFace[] = [];
  for (const face of seen) {
    if (face.certainty < Math.max(LEAST_CERTAINTY, LESS_CERTAIN * seen[0].certainty)) break;
    const isKnown = faces.some(({ nose, eyeDistance }) => {
      const away = Math.hypot(nose.at[0] - face.nose.at[0], nose.at[1] - face.nose.at[1]);
      return away < 1.5 * Math.max(eyeDistance, face.eyeDistance);
    });
    if (!isKnown) faces.push(face);
  }
  const largest = Math.max(...faces.map(({ eyeDistance }) => eyeDistance));
  return faces.filter(({ eyeDistance }) => eyeDistance >= MIN_SHARE_OF_LARGEST * largest);
}
