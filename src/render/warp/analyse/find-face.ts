/** Finds the face of a portrait: in the whole picture or, where that shows none, in parts of it. */
import type { RgbPicture } from '../../../contract/rgb-picture.ts';
import { VultusError } from '../../../errors.ts';
import { distance } from '../../../face/landmarks.ts';
import { EAR } from '../../../face/topology.ts';
import { cutAndScale, type Rectangle } from '../../../image/cut-and-scale.ts';
import { clamp } from '../../../image/planes.ts';
import { FaceFinder, type FoundFace } from '../../../model/face/face-finder.ts';
import { mirrorFace, mirrorPicture, withMirroredEye } from '../../../model/face/mirrored-eye.ts';
import { isTurned, withFarEye } from './eyes/far-eye.ts';

/** Pictures are searched at this size. */
const DETECT_SIDE = 1280;
/** Depth of the mesh in units of its input window; against the canonical face, measured on 24 portraits. */
const MESH_DEPTH = 1.3 / 256;
const MIN_FACE_WIDTH_PIXELS = 64;
/** In face boxes. */
const WIDE_CUT = 1.5;
const NARROW_CUT = 1.25;
const MAX_TILES_IN_A_ROW = 12;

export class PortraitFaceFinder {
  readonly #finder: FaceFinder;

  private constructor(finder: FaceFinder) {
    this.#finder = finder;
  }

  static async create(): Promise<PortraitFaceFinder> {
    return new PortraitFaceFinder(await FaceFinder.create());
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
    return this.#refine(picture, face);
  }

  /** Whole picture first; where that shows nothing, overlapping parts of it at a larger scale. */
  async #findAll(picture: RgbPicture): Promise<FoundFace[]> {
    // A face of the smallest size does not fit in.
    if (Math.min(picture.width, picture.height) < MIN_FACE_WIDTH_PIXELS) return [];
    const found = await this.#search(picture, {
      left: 0,
      top: 0,
      width: picture.width,
      height: picture.height,
    });
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

  /** Measures the landmarks again on cuts around the face, where the mesh is most exact. */
  async #refine(picture: RgbPicture, face: FoundFace): Promise<FoundFace> {
    const measure = async (cut: number, mirrored = false) =>
      (await this.#search(picture, around(face, cut, picture), mirrored)).find((other) =>
        overlap(other, face),
      );
    const turned = isTurned(face);
    // The whole of a picture that the face fills has been measured.
    const fills = around(face, WIDE_CUT, picture).width >= 0.9 * Math.min(picture.width, picture.height);
    let refined = (fills ? undefined : await measure(WIDE_CUT)) ?? face;
    const narrow = turned ? await measure(NARROW_CUT) : undefined;
    if (narrow) refined = withFarEye(refined, narrow);
    const mirrored = await measure(turned ? NARROW_CUT : WIDE_CUT, true);
    return mirrored ? withMirroredEye(refined, mirrored) : refined;
  }

  /** `mirrored`: looks at the mirror image. */
  async #search(picture: RgbPicture, area: Rectangle, mirrored = false): Promise<FoundFace[]> {
    const longer = Math.max(area.width, area.height);
    // Small parts are enlarged: the detector misses faces of few pixels.
    const scale = Math.min(DETECT_SIDE, Math.max(longer, 640)) / longer;
    const input = await cutAndScale(picture, area, Math.round(scale * area.width));
    const exact = area.width / input.width;
    const found = mirrored
      ? (await this.#finder.find(mirrorPicture(input))).map((face) => mirrorFace(face, input.width))
      : await this.#finder.find(input);
    return found.map(({ box, landmarks }) => ({
      box: [area.left + exact * box[0], area.top + exact * box[1], exact * box[2], exact * box[3]],
      landmarks: landmarks.map((value, i) => {
        if (i % 3 === 2) return value * MESH_DEPTH * box[2] * exact;
        return exact * value + (i % 3 === 0 ? area.left : area.top);
      }),
    }));
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

/** A square around a face, `cut` times the size of its box, as far as the picture reaches. */
function around({ box: [x, y, w, h] }: FoundFace, cut: number, picture: RgbPicture): Rectangle {
  const side = Math.min(Math.round(cut * Math.max(w, h)), picture.width, picture.height);
  return {
    left: Math.round(clamp(x + w / 2 - side / 2, 0, picture.width - side)),
    top: Math.round(clamp(y + h / 2 - side / 2, 0, picture.height - side)),
    width: side,
    height: side,
  };
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
