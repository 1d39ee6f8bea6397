/** Picture in, rig out: finds the face, chooses the view, cuts the person out and measures what moves. */

import { judgePortrait } from '../../../avatar/portrait-quality.ts';
import type { RgbPicture } from '../../../contract/backdrop.ts';
import { VultusError } from '../../../errors.ts';
import { distance } from '../../../face/landmarks.ts';
import { CHIN, EAR, FOREHEAD, LANDMARK_COUNT } from '../../../face/topology.ts';
import { cutAndScale, type Rectangle, readPortrait } from '../../../image/picture.ts';
import { type ColourPlanes, clamp, type Plane, toBytes } from '../../../image/planes.ts';
import { rgbToYuv } from '../../../image/yuv.ts';
import { FaceFinder, type FoundFace } from '../../../model/face/face-finder.ts';
import { mirrorFace, mirrorPicture, withMirroredEye } from '../../../model/face/mirrored-eye.ts';
import { MatteFinder } from '../../../model/matte.ts';
import { RIG_VERSION, type Rig } from '../rig.ts';
import { isDrawn } from './drawn.ts';
import { fitLidsToDrawing } from './eyes/drawn-eyes.ts';
import { fitEyeCorners } from './eyes/eye-corners.ts';
import { findIrises, takeEyesApart } from './eyes/eye-layers.ts';
import { isTurned, withFarEye } from './eyes/far-eye.ts';
import { fitLowerLids } from './eyes/lower-lids.ts';
import { fitOuterCorners } from './eyes/outer-corners.ts';
import type { FaceBasis } from './face-basis.ts';
import { readFaceBasis } from './face-basis.ts';
import { fitFaceGeometry } from './face-geometry.ts';
import { fitClosedLips } from './mouth/closed-lips.ts';
import { fitMouthToDrawing } from './mouth/drawn-mouth.ts';
import { hiddenLips } from './mouth/hidden-lips.ts';
import { measureMouthLight } from './mouth/mouth-light.ts';
import { takeOwnTeeth } from './mouth/own-teeth.ts';
import { paintTeethInLips } from './mouth/teeth-in-lips.ts';
import { separatePerson } from './person/person-layers.ts';
import { addStrayHair } from './person/stray-hair.ts';
import { measurePortrait } from './portrait-measures.ts';

/** Pictures are searched at this size first; the view is cut from the larger decoded picture. */
const DETECT_SIDE = 1280;
const DECODE_SIDE = 3072;
/** Depth of the mesh in units of its input window; against the canonical face, measured on 24 portraits. */
const MESH_DEPTH = 1.3 / 256;
const MIN_FACE_WIDTH_PIXELS = 64;
/** In face boxes. */
const WIDE_CUT = 1.5;
const NARROW_CUT = 1.25;
const MAX_TURN_DEGREES = 40;
const MAX_TILES_IN_A_ROW = 12;
/** Face height (forehead to chin) over view height: what a head-shot has, and what other pictures are cut to. */
const HEAD_SHOT_RANGE = [0.3, 0.62];
const CHOSEN_FACE_HEIGHT = 0.4;

/** Everything that stays loaded between portraits. */
export class PortraitAnalyser {
  readonly #faces: FaceFinder;
  readonly #mattes: MatteFinder;
  readonly #basis: FaceBasis;

  private constructor(faces: FaceFinder, mattes: MatteFinder, basis: FaceBasis) {
    this.#faces = faces;
    this.#mattes = mattes;
    this.#basis = basis;
  }

  static async create(packDirectory: string): Promise<PortraitAnalyser> {
    const [faces, mattes, basis] = await Promise.all([
      FaceFinder.create(),
      MatteFinder.create(packDirectory),
      readFaceBasis(packDirectory),
    ]);
    return new PortraitAnalyser(faces, mattes, basis);
  }

  /** @throws VultusError with a `portrait_…` code */
  async analyse(bytes: Uint8Array, faceIndex?: number): Promise<Rig> {
    const picture = await readPortrait(bytes, DECODE_SIDE);
    const face = await this.#chooseFace(picture, faceIndex);
    const view = chooseView(picture, face);
    const size = view.width >= 720 ? 1024 : 512;
    const cut = await cutAndScale(picture, view, size);
    const portrait = new Float32Array(LANDMARK_COUNT * 3);
    for (let i = 0; i < portrait.length; i += 3) {
      portrait[i] = (face.landmarks[i] - view.left) / view.width;
      portrait[i + 1] = (face.landmarks[i + 1] - view.top) / view.width;
      portrait[i + 2] = face.landmarks[i + 2] / view.width;
    }
    const yuv = toYuvPlanes(cut);
    const pictured: ColourPlanes = { size, channels: yuv };
    const fitted = fitClosedLips(pictured, fitMouthToDrawing(pictured, fitLids(pictured, portrait)));
    const drawn = isDrawn(pictured, fitted);
    const geometry = fitFaceGeometry(this.#basis, fitted);
    if (Math.abs(geometry.yaw) > (MAX_TURN_DEGREES / 180) * Math.PI) {
      throw new VultusError('portrait_turned_away', `turned by ${degrees(geometry.yaw)}°`);
    }
    const rgb = toUnitPlanes(cut);
    const found = addStrayHair(yuv, await this.#mattes.find(rgb[0], rgb[1], rgb[2], size), size);
    const shown = paintTeethInLips(pictured, fitted);
    const { person, background, matte } = separatePerson(shown.channels, found, size);
    const measures = measurePortrait({
      view: pictured,
      portraitPixelsPerViewPixel: view.width / size,
      landmarks: fitted,
      geometry,
      matte,
      basis: this.#basis,
    });
    return {
      version: RIG_VERSION,
      size,
      person,
      background,
      matte: toBytes(matte.map((value) => 255 * value)),
      portrait: fitted,
      rest: geometry.rest,
      deltas: geometry.deltas,
      axes: geometry.axes,
      pivot: geometry.pivot,
      faceHeight: geometry.faceHeight,
      scale: geometry.scale,
      eyes: takeEyesApart(pictured, fitted, drawn),
      mouthLight: measureMouthLight(pictured, fitted, drawn),
      hiddenLips: hiddenLips(pictured, fitted, measures.lowerFaceCovered),
      ownTeeth: takeOwnTeeth(pictured, shown, fitted),
      quality: judgePortrait(measures, geometry.faceHeight),
    };
  }

  async #chooseFace(picture: RgbPicture, faceIndex?: number): Promise<FoundFace> {
    const faces = await this.#findFaces(picture);
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
  async #findFaces(picture: RgbPicture): Promise<FoundFace[]> {
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
      ? (await this.#faces.find(mirrorPicture(input))).map((face) => mirrorFace(face, input.width))
      : await this.#faces.find(input);
    return found.map(({ box, landmarks }) => ({
      box: [area.left + exact * box[0], area.top + exact * box[1], exact * box[2], exact * box[3]],
      landmarks: landmarks.map((value, i) => {
        if (i % 3 === 2) return value * MESH_DEPTH * box[2] * exact;
        return exact * value + (i % 3 === 0 ? area.left : area.top);
      }),
    }));
  }

  async close(): Promise<void> {
    await this.#mattes.close();
  }
}

/** Lids where the picture has them, also where it is no photograph. */
function fitLids(picture: ColourPlanes, portrait: Float32Array): Float32Array {
  const drawn = fitLidsToDrawing(picture, portrait);
  if (drawn !== portrait) return fitEyeCorners(picture, drawn);
  const lids = fitEyeCorners(picture, fitLowerLids(picture, portrait));
  return fitOuterCorners(lids, findIrises(picture, lids));
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

/** A head-shot keeps its own framing; other pictures are cut around head and shoulders. Always a square inside. */
function chooseView(picture: RgbPicture, face: FoundFace): Rectangle {
  const at = (i: number) => [face.landmarks[3 * i], face.landmarks[3 * i + 1]];
  const [top, chin] = [at(FOREHEAD), at(CHIN)];
  const height = Math.hypot(top[0] - chin[0], top[1] - chin[1]);
  const centre = [0.5 * (top[0] + chin[0]), 0.5 * (top[1] + chin[1])];
  const shorter = Math.min(picture.width, picture.height);
  const share = height / shorter;
  const keeps = share >= HEAD_SHOT_RANGE[0] && Math.max(picture.width, picture.height) < 1.4 * shorter;
  const side = Math.floor(keeps ? shorter : Math.min(shorter, height / CHOSEN_FACE_HEIGHT));
  return {
    left: Math.round(clamp(centre[0] - side / 2, 0, picture.width - side)),
    top: Math.round(clamp(centre[1] - 0.47 * side, 0, picture.height - side)),
    width: side,
    height: side,
  };
}

/** Red, green and blue, 0..1. */
function toUnitPlanes({ data, width, height }: RgbPicture): [Plane, Plane, Plane] {
  const planes = [0, 1, 2].map(() => new Float32Array(width * height)) as [Plane, Plane, Plane];
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) planes[c][i] = data[3 * i + c] / 255;
  }
  return planes;
}

function toYuvPlanes({ data, width, height }: RgbPicture): [Plane, Plane, Plane] {
  const planes: [Plane, Plane, Plane] = [0, 1, 2].map(() => new Float32Array(width * height)) as [
    Plane,
    Plane,
    Plane,
  ];
  for (let i = 0; i < width * height; i++) {
    const yuv = rgbToYuv(data[3 * i], data[3 * i + 1], data[3 * i + 2]);
    for (let c = 0; c < 3; c++) planes[c][i] = yuv[c];
  }
  return planes;
}

function degrees(radians: number): number {
  return Math.round((radians * 180) / Math.PI);
}
