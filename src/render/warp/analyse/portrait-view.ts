/** What of a portrait becomes the avatar: a square of it, upright, in as many pixels as its file has. */
import type { FaceChoice } from '../../../contract/face-points.ts';
import type { RgbPicture } from '../../../contract/rgb-picture.ts';
import { VultusError } from '../../../errors.ts';
import { type DrawnFace, movedDrawnFace } from '../../../face/drawn-face.ts';
import { SKIN_POINTS } from '../../../face/topology.ts';
import { toYuvPlanes } from '../../../image/colour.ts';
import { cutAndScale, type Rectangle } from '../../../image/cut-and-scale.ts';
import { findFrame } from '../../../image/frame.ts';
import { areaOf, boxWithin, isInside, type Shape, shapeIn } from '../../../image/frame-shape.ts';
import { PictureFile } from '../../../image/picture-file.ts';
import type { Plane } from '../../../image/planes.ts';
import { growBeyond } from '../../../image/transparency.ts';
import { DrawingEnlarger } from '../../../model/drawing-enlarger.ts';
import type { FoundFace } from '../../../model/face/face-finder.ts';
import { MatteFinder } from '../../../model/matte.ts';
import type { ModelPack } from '../../../model/pack.ts';
import { chooseView, landmarksInView } from './choose-view.ts';
import { isDrawn } from './drawn.ts';
import { hasDrawnEyes } from './drawn-face/has-drawn-eyes.ts';
import { PortraitFaceFinder } from './find-face.ts';
import { holdsFace } from './person/matte-of-drawing.ts';
import { areaBefore, pointsTurnedBack, quarterTurnsOf, turnBack } from './upright.ts';

const NOSE_TIP = 1;
/** Frames may cut a forehead off, or the outline of a cheek. */
const MOST_OF_FACE = 0.85;
/** Faces are looked for in so many pixels at most; what is found small is measured and cut in the file's own. */
const MOST_PIXELS = 3072 * 3072;
/** Sides of views; a large one is worth while from so many pixels on. */
const SMALL = 512;
const LARGE = 1024;
const LEAST_FOR_LARGE = 720;
/** Drawings whose pixels grow by so much are enlarged line by line. */
const ENLARGED = 1.15;
/** A face ends this near to where rows are missing, in shares of the picture's height, or is not whole. */
const WHOLE = 0.01;

export interface PortraitView {
  /** Square. */
  picture: RgbPicture;
  /** 0..1, of a person who was cut out: what the file has transparent is shown on a neutral ground. */
  matte?: Plane;
  /** See FoundFace; `[478·3]` in fractions of the view. */
  landmarks: Float32Array;
  closeUp: Float32Array;
  /** Of faces that were found as drawn ones, in fractions of the view. */
  drawnFace?: DrawnFace;
  /** Whether it is a drawing: where a person has set the face, it may be a photograph. */
  drawn: boolean;
  /** Pixels of the file per pixel of the view; below 1 where it was enlarged. */
  exact: number;
  /** By so much the portrait was turned back, clockwise. */
  turnedDegrees: number;
  isCutOff: boolean;
  /** Share of the file's rows. */
  missing: number;
  /** Share of the portrait that was a frame, and left out or filled. */
  framed: number;
  /** The person by the segmenter, 0..1 at the size of the view: looked for where it is wanted, and once. */
  findPerson: () => Promise<Plane>;
}

/** Chooses views, and what it takes to do so. */
export class PortraitViewer {
  readonly #mattes: MatteFinder;
  readonly #faces: PortraitFaceFinder;
  readonly #enlarger: DrawingEnlarger;

  private constructor(faces: PortraitFaceFinder, mattes: MatteFinder, enlarger: DrawingEnlarger) {
    this.#faces = faces;
    this.#mattes = mattes;
    this.#enlarger = enlarger;
  }

  /** @throws VultusError `pack_invalid` */
  static async open(pack: Pick<ModelPack, 'files'>): Promise<PortraitViewer> {
    return new PortraitViewer(
      await PortraitFaceFinder.open(pack),
      await MatteFinder.open(pack.files.matte),
      await DrawingEnlarger.open(pack.files.drawnEnlarge),
    );
  }

  /** `bytes`: a picture file. @throws VultusError with a `portrait_…` code */
  async view(bytes: Uint8Array, choice?: FaceChoice): Promise<PortraitView> {
    const file = await PictureFile.open(bytes, ({ width, height }) =>
      Math.sqrt(MOST_PIXELS / (width * height)),
    );
    const found = await findWhole(file, this.#faces, choice);
    // Drawn faces are found upright only, and those set by hand are as they were set.
    const quarterTurns = found.drawn ? 0 : quarterTurnsOf(found);
    const upright = await turnBack(file.picture, quarterTurns);
    const there = moved(found, (points) => pointsTurnedBack(points, quarterTurns, file.picture));
    const { inside, frame } = await unframed(upright, there);
    const area = chooseView(inside, there);
    const seen = (await closer(file, this.#faces, there, area, quarterTurns)) ?? {
      picture: upright,
      face: there,
      area,
      exact: file.exact,
    };
    const size = seen.area.width >= LEAST_FOR_LARGE ? LARGE : SMALL;
    const cut = await cutAndScale(seen.picture, seen.area, size);
    const opacity =
      file.alpha && !frame && seen.picture === upright ? await turnBack(file.alpha, quarterTurns) : undefined;
    const picture = frame ? await growBeyond(cut, shapeIn(frame, area, size / area.width)) : cut;
    const person = once(() => this.#mattes.find(picture));
    const face = await asDrawing(picture, this.#faces, person, seen, opacity !== undefined);
    // What a person has set may be a photograph, and what lies beyond a frame has no lines.
    const lines = face.drawnFace && !face.drawnFace.byHand && !frame && size > ENLARGED * seen.area.width;
    const scaled = async (whole: RgbPicture, smooth: RgbPicture) =>
      lines ? this.#enlarger.enlarge(await cutAndScale(whole, seen.area, seen.area.width), smooth) : smooth;
    const shown = await scaled(seen.picture, picture);
    return {
      matte: opacity && matteOf(await scaled(opacity, await cutAndScale(opacity, seen.area, size))),
      picture: shown,
      ...face,
      exact: (seen.exact * seen.area.width) / size,
      turnedDegrees: 90 * quarterTurns,
      isCutOff: file.isCutOff,
      missing: file.missing,
      framed: 1 - (1 - file.framed) * (frame ? areaOf(frame) / (upright.width * upright.height) : 1),
      findPerson: shown === picture ? person : once(() => this.#mattes.find(shown)),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#faces.close(), this.#mattes.close(), this.#enlarger.close()]);
  }
}

/** The face in its view: as a person's, or as a drawing's where it looks drawn, or the segmenter sees no person there. */
async function asDrawing(
  picture: RgbPicture,
  faces: PortraitFaceFinder,
  findPerson: PortraitView['findPerson'],
  { face, area }: Seen,
  cutOut: boolean,
): Promise<Pick<PortraitView, 'landmarks' | 'closeUp' | 'drawnFace' | 'drawn'>> {
  const landmarks = landmarksInView(face.landmarks, area);
  const closeUp = landmarksInView(face.closeUp, area);
  const looksFlat = () => isDrawn({ size: picture.width, channels: toYuvPlanes(picture) }, landmarks);
  if (face.drawn) {
    const drawn = !face.drawn.byHand || looksFlat();
    return { landmarks, closeUp, drawnFace: drawnFaceInView(face.drawn, area), drawn };
  }
  const whole = { left: 0, top: 0, width: picture.width, height: picture.height };
  const drawing = await faces.drawnIn(picture);
  const drawnFace = drawing?.drawn && drawnFaceInView(drawing.drawn, whole);
  const isNobody = async () => !holdsFace(await findPerson(), picture.width, landmarks);
  const drawn =
    looksFlat() || (drawnFace !== undefined && (hasDrawnEyes(drawnFace, cutOut) || (await isNobody())));
  if (!drawn || !drawnFace) return { landmarks, closeUp, drawn };
  return {
    landmarks: landmarksInView(drawing.landmarks, whole),
    closeUp: landmarksInView(drawing.closeUp, whole),
    drawnFace,
    drawn,
  };
}

function once<Found>(find: () => Promise<Found>): () => Promise<Found> {
  let finding: Promise<Found> | undefined;
  return () => {
    finding ??= find();
    return finding;
  };
}

function matteOf({ data }: RgbPicture): Plane {
  return Float32Array.from({ length: data.length / 3 }, (_, i) => data[3 * i] / 255);
}

/** What a frame leaves of a picture, where it leaves the face. */
async function unframed(
  picture: RgbPicture,
  { landmarks }: FoundFace,
): Promise<{ inside: Rectangle; frame?: Shape }> {
  const whole = { left: 0, top: 0, width: picture.width, height: picture.height };
  const frame = await findFrame(picture, [landmarks[3 * NOSE_TIP], landmarks[3 * NOSE_TIP + 1]]);
  if (!frame) return { inside: whole };
  let within = 0;
  for (let i = 0; i < 3 * SKIN_POINTS; i += 3) {
    if (isInside(frame, landmarks[i], landmarks[i + 1])) within++;
  }
  return within < MOST_OF_FACE * SKIN_POINTS ? { inside: whole } : { inside: boxWithin(frame), frame };
}

interface Seen {
  picture: RgbPicture;
  face: FoundFace;
  area: Rectangle;
  /** Pixels of the file per pixel of the picture. */
  exact: number;
}

async function findWhole(
  { picture, exact, isCutOff, missing }: PictureFile,
  faces: PortraitFaceFinder,
  choice: FaceChoice | undefined,
): Promise<FoundFace> {
  const refusal = () =>
    new VultusError(
      'portrait_not_an_image',
      `cut off: ${Math.round(100 * missing)} % of its rows are missing, and what is left shows no whole face`,
    );
  try {
    const face = await faces.find(picture, exact, choice);
    if (missing > 0 && !isWithin(face, picture)) throw refusal();
    return face;
  } catch (cause) {
    if (isCutOff && cause instanceof VultusError && cause.code === 'portrait_no_face') throw refusal();
    throw cause;
  }
}

function isWithin({ landmarks }: FoundFace, { width, height }: RgbPicture): boolean {
  for (let i = 0; i < 3 * SKIN_POINTS; i += 3) {
    const [x, y] = [landmarks[i], landmarks[i + 1]];
    if (Math.min(x, width - x) < 0 || Math.min(y, height - y) < WHOLE * height) return false;
  }
  return true;
}

/** The area from the file itself, where that has more pixels than were looked through and they are of use. */
async function closer(
  file: PictureFile,
  faces: PortraitFaceFinder,
  face: FoundFace,
  area: Rectangle,
  quarterTurns: number,
): Promise<Seen | undefined> {
  if (file.exact === 1 || area.width >= LARGE) return undefined;
  const cut = await file.cut(areaBefore(area, quarterTurns, file.picture));
  if (!cut) return undefined;
  const picture = await turnBack(cut, quarterTurns);
  const enlarged = picture.width / area.width;
  const origin = [area.left, area.top, 0];
  const there = moved(face, (points) => points.map((value, i) => enlarged * (value - origin[i % 3])));
  if (face.drawn) there.drawn = drawnFaceInView(face.drawn, area, enlarged);
  const side = Math.min(picture.width, picture.height);
  return {
    picture,
    face: await faces.again(picture, there),
    area: { left: 0, top: 0, width: side, height: side },
    exact: file.exact / enlarged,
  };
}

function drawnFaceInView(face: DrawnFace, { left, top, width }: Rectangle, scale = 1 / width): DrawnFace {
  return movedDrawnFace(face, ([x, y]) => [scale * (x - left), scale * (y - top)], scale);
}

function moved(face: FoundFace, move: (points: Float64Array) => Float64Array): FoundFace {
  return { ...face, landmarks: move(face.landmarks), closeUp: move(face.closeUp) };
}
