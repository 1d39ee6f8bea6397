/** Finds the face of a portrait, however it lies: in the whole picture or, where that shows none, in parts of it. */
import type { FaceChoice } from '../../../contract/face-points.ts';
import type { RgbPicture } from '../../../contract/rgb-picture.ts';
import { VultusError } from '../../../errors.ts';
import { distance } from '../../../face/landmarks.ts';
import { EAR } from '../../../face/topology.ts';
import { FaceFinder, type FoundFace } from '../../../model/face/face-finder.ts';
import { Pyramid } from '../../../model/face/pyramid.ts';
import { type Region, wholeOf } from '../../../model/face/region.ts';
import type { ModelPack } from '../../../model/pack.ts';
import { DrawnFaces, LEAST_CERTAINTY } from './drawn-face/find-drawn.ts';
import { LEAST_SHARE, smallParts, tiltOf, usualParts } from './search-areas.ts';

const MIN_FACE_WIDTH_PIXELS = 64;
/** Where a face is less sure than this, or tilted more, the picture may lie on its side or stand on its head. */
const DOUBTFUL_SURENESS = 0.7;
const DOUBTFUL_TILT = (25 / 180) * Math.PI;
/** A picture is turned where its face is surer by so much then. */
const SURER = 0.05;
/** In a picture that shows no face as it stands, one that is less sure is none. */
const MIN_SURENESS_TURNED = 0.6;

/** So many areas are looked through at all turns. */
const MOST_TURNED = 16;

export class PortraitFaceFinder {
  readonly #finder: FaceFinder;
  readonly #drawings: DrawnFaces;

  private constructor(finder: FaceFinder, drawings: DrawnFaces) {
    this.#finder = finder;
    this.#drawings = drawings;
  }

  /** @throws VultusError `pack_invalid` */
  static async open({ files }: Pick<ModelPack, 'files'>): Promise<PortraitFaceFinder> {
    return new PortraitFaceFinder(await FaceFinder.open(files), await DrawnFaces.open(files));
  }

  /**
   * The only face of a picture, or the one that is chosen; drawn ones where none looks like a person's. `exact`: pixels
   * of the portrait's file per pixel of the picture.
   * @throws VultusError `portrait_no_face`, `portrait_several_faces`, `portrait_face_too_small`
   */
  async find(picture: RgbPicture, exact: number, choice: FaceChoice = {}): Promise<FoundFace> {
    const face = choice.points
      ? await this.#drawings.byHand(picture, choice.points)
      : await this.#findChosen(picture, exact, choice.faceIndex);
    const width = exact * faceWidth(face);
    if (width < MIN_FACE_WIDTH_PIXELS) {
      throw new VultusError('portrait_face_too_small', `${Math.round(width)} pixels wide`);
    }
    return face;
  }

  async #findChosen(picture: RgbPicture, exact: number, faceIndex?: number): Promise<FoundFace> {
    const people = await this.#findAll(picture, exact);
    const faces = people.length > 0 ? people : await this.#findDrawn(picture);
    if (faceIndex === undefined && faces.length > 1) {
      throw new VultusError('portrait_several_faces', `${faces.length} found, largest first`);
    }
    const face = faces[faceIndex ?? 0];
    if (!face)
      throw new VultusError('portrait_no_face', `there are ${faces.length} faces, no index ${faceIndex}`);
    return face;
  }

  /** Largest first. @throws VultusError `portrait_no_face` */
  async #findDrawn(picture: RgbPicture): Promise<FoundFace[]> {
    const { faces, bestCertainty } = await this.#drawings.search(picture);
    if (faces.length === 0) {
      const percent = (share: number) => `${Math.round(100 * share)} %`;
      throw new VultusError(
        'portrait_no_face',
        `what looks most like a drawn face is one with ${percent(bestCertainty)} certainty, and ${percent(LEAST_CERTAINTY)} are asked for`,
      );
    }
    return faces.map((face) => this.#drawings.asFound(face)).sort((a, b) => b.box[2] - a.box[2]);
  }

  /** The only drawn face of a picture, or what looks like one. */
  async drawnIn(picture: RgbPicture): Promise<FoundFace | undefined> {
    const [face, ...others] = await this.#drawings.seenIn(picture);
    return face && others.length === 0 ? this.#drawings.asFound(face) : undefined;
  }

  /** See FaceFinder. */
  again(picture: RgbPicture, face: FoundFace): Promise<FoundFace> {
    return face.drawn ? this.#drawings.again(picture, face.drawn) : this.#finder.again(picture, face);
  }

  /** Whole picture first; where that shows nothing that is large enough, parts of it at a larger scale. */
  async #findAll(picture: RgbPicture, exact: number): Promise<FoundFace[]> {
    const least = MIN_FACE_WIDTH_PIXELS / exact;
    // A face of the smallest size does not fit in.
    if (Math.min(picture.width, picture.height) < least) return [];
    const pyramid = new Pyramid(picture);
    const faces: FoundFace[] = [];
    for (const areas of [[wholeOf(picture)], usualParts(picture), smallParts(picture, least)]) {
      // Where they are many, they are looked through as they are only.
      const { faces: found, shown } =
        areas.length > MOST_TURNED ? await this.#search(pyramid, areas) : { faces: [], shown: areas };
      if (areas.length <= MOST_TURNED || found.length > 0) {
        for (const face of await this.#findTurned(pyramid, shown)) addTo(faces, face);
      }
      // Of others as small as these some may have been missed.
      if (faces.some((face) => areas.every(({ side }) => faceWidth(face) > LEAST_SHARE * side))) break;
    }
    return faces.sort((a, b) => b.box[2] - a.box[2]);
  }

  /** Areas as they are, and turned by quarters where that leaves doubts: faces of the surest turn. */
  async #findTurned(pyramid: Pyramid, areas: readonly Region[]): Promise<FoundFace[]> {
    const upright = await this.#search(pyramid, areas);
    const [largest] = upright.faces;
    if (largest && !isDoubtful(largest)) return upright.faces;
    let best = upright.faces;
    let least = largest ? surest(best) + SURER : MIN_SURENESS_TURNED;
    for (const quarterTurns of [1, 2, 3]) {
      const turned = (largest ? upright.shown : areas).map((area) => ({
        ...area,
        angle: area.angle + (quarterTurns * Math.PI) / 2,
      }));
      const { faces } = await this.#search(pyramid, turned);
      if (faces.length === 0 || surest(faces) < least) continue;
      best = faces;
      least = surest(faces);
    }
    return best;
  }

  /** Faces, largest first, and the areas that show any. */
  async #search(pyramid: Pyramid, areas: readonly Region[]) {
    const faces: FoundFace[] = [];
    const shown: Region[] = [];
    for (const area of areas) {
      const found = await this.#finder.findIn(pyramid, area);
      if (found.length > 0) shown.push(area);
      for (const face of found) addTo(faces, face);
    }
    return { faces: faces.sort((a, b) => b.box[2] - a.box[2]), shown };
  }

  async close(): Promise<void> {
    await Promise.all([this.#finder.close(), this.#drawings.close()]);
  }
}

function isDoubtful(face: FoundFace): boolean {
  return face.sureness < DOUBTFUL_SURENESS || Math.abs(tiltOf(face)) > DOUBTFUL_TILT;
}

function surest(faces: readonly FoundFace[]): number {
  return Math.max(...faces.map(({ sureness }) => sureness));
}

/** From ear to ear in space: a face that is turned away is no smaller for it. */
function faceWidth({ landmarks }: FoundFace): number {
  return distance(landmarks, EAR.right, EAR.left);
}

/** The same face may have been found before, in an area beside. */
function addTo(faces: FoundFace[], face: FoundFace): void {
  if (!faces.some((other) => overlap(other, face))) faces.push(face);
}

function overlap(a: FoundFace, b: FoundFace): boolean {
  const [ax, ay] = [a.box[0] + a.box[2] / 2, a.box[1] + a.box[3] / 2];
  const [bx, by] = [b.box[0] + b.box[2] / 2, b.box[1] + b.box[3] / 2];
  return Math.hypot(ax - bx, ay - by) < 0.4 * Math.max(a.box[2], b.box[2]);
}
