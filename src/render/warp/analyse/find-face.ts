/** Finds the face of a portrait: in the whole picture or, where that shows none, in parts of it. */
import type { RgbPicture } from '../../../contract/rgb-picture.ts';
import { VultusError } from '../../../errors.ts';
import { distance } from '../../../face/landmarks.ts';
import { EAR } from '../../../face/topology.ts';
import { cutAndScale, type Rectangle } from '../../../image/cut-and-scale.ts';
import { FaceFinder, type FoundFace } from '../../../model/face/face-finder.ts';
import type { ModelPack } from '../../../model/pack.ts';

/** Parts of a picture are searched at this size at least: the detector misses faces of few pixels. */
const PART_SIDE = 640;
const MIN_FACE_WIDTH_PIXELS = 64;
const MAX_TILES_IN_A_ROW = 12;

export class PortraitFaceFinder {
  readonly #finder: FaceFinder;

  private constructor(finder: FaceFinder) {
    this.#finder = finder;
  }

  /** @throws VultusError `pack_invalid` */
  static async open({ files }: Pick<ModelPack, 'files'>): Promise<PortraitFaceFinder> {
    return new PortraitFaceFinder(await FaceFinder.open(files));
  }

  /**
   * The only face of a picture, or the one of index `faceIndex`, largest first.
   * @throws VultusError `portrait_no_face`, `portrait_several_faces`, `portrait_face_too_small`
   */
  async find(picture: RgbPicture, faceIndex?: number): Promise<FoundFace> {
    const faces = await this.#findAll(picture);
    if (faces.length === 0) throw new VultusError('portrait_no_face');
    if (faceIndex === undefined && faces.length > 1) {
      throw new VultusError('portrait_several_faces', `${faces.length} found, largest first`);
    }
    const face = faces[faceIndex ?? 0];
    if (!face)
      throw new VultusError('portrait_no_face', `there are ${faces.length} faces, no index ${faceIndex}`);
    const width = faceWidth(face);
    if (width < MIN_FACE_WIDTH_PIXELS) {
      throw new VultusError('portrait_face_too_small', `${Math.round(width)} pixels wide`);
    }
    return face;
  }

  /** Whole picture first; where that shows nothing, overlapping parts of it at a larger scale. */
  async #findAll(picture: RgbPicture): Promise<FoundFace[]> {
    // A face of the smallest size does not fit in.
    if (Math.min(picture.width, picture.height) < MIN_FACE_WIDTH_PIXELS) return [];
    const found = await this.#finder.find(picture);
    if (found.length > 0) return found;
    const shorter = Math.min(picture.width, picture.height);
    const longer = Math.max(picture.width, picture.height);
    // Half overlapping; in long strips they are as large as keeps their number down.
    const side = Math.min(shorter, Math.round(Math.max(0.6 * shorter, (2 * longer) / MAX_TILES_IN_A_ROW)));
    const faces: FoundFace[] = [];
    for (const area of tiles(picture, side)) {
      for (const face of await this.#search(picture, area)) {
        if (!faces.some((other) => overlap(other, face))) faces.push(face);
      }
    }
    return faces.sort((a, b) => b.box[2] - a.box[2]);
  }

  async #search(picture: RgbPicture, area: Rectangle): Promise<FoundFace[]> {
    const part = await cutAndScale(picture, area, Math.max(PART_SIDE, area.width));
    const exact = area.width / part.width;
    const inPicture = (points: Float64Array) =>
      points.map((value, i) => exact * value + [area.left, area.top, 0][i % 3]);
    return (await this.#finder.find(part)).map(({ box, landmarks, closeUp }) => ({
      box: [area.left + exact * box[0], area.top + exact * box[1], exact * box[2], exact * box[3]],
      landmarks: inPicture(landmarks),
      closeUp: inPicture(closeUp),
    }));
  }

  async close(): Promise<void> {
    await this.#finder.close();
  }
}

/** From ear to ear in space: a face that is turned away is no smaller for it. */
function faceWidth({ landmarks }: FoundFace): number {
  return distance(landmarks, EAR.right, EAR.left);
}

function overlap(a: FoundFace, b: FoundFace): boolean {
  const [ax, ay] = [a.box[0] + a.box[2] / 2, a.box[1] + a.box[3] / 2];
  const [bx, by] = [b.box[0] + b.box[2] / 2, b.box[1] + b.box[3] / 2];
  return Math.hypot(ax - bx, ay - by) < 0.4 * Math.max(a.box[2], b.box[2]);
}

function* tiles(picture: RgbPicture, side: number): Generator<Rectangle> {
  const count = (length: number) => Math.min(MAX_TILES_IN_A_ROW, Math.ceil((length - side) / (side / 2)) + 1);
  const [across, down] = [count(picture.width), count(picture.height)];
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      yield {
        left: Math.round(((picture.width - side) * column) / Math.max(1, across - 1)),
        top: Math.round(((picture.height - side) * row) / Math.max(1, down - 1)),
        width: side,
        height: side,
      };
    }
  }
}
