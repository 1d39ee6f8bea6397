/** Picture in, rig out: finds the face, chooses the view, cuts the person out and measures what moves. */

import type { FaceChoice } from '../../../contract/face-points.ts';
import { VultusError } from '../../../errors.ts';
import type { DrawnFace } from '../../../face/drawn-face.ts';
import { SKIN_POINTS } from '../../../face/topology.ts';
import { toYuvPlanes } from '../../../image/colour.ts';
import { type ColourPlanes, type Plane, toBytes } from '../../../image/planes.ts';
import type { ModelPack } from '../../../model/pack.ts';
import type { Analysis, PortraitAnalyser } from '../../renderer.ts';
import { rigKey } from '../../rig-key.ts';
import { ANALYSIS_FILES, RENDERER_NAME, RIG_VERSION, type Rig } from '../rig.ts';
import { drawnSkin } from './drawn/drawn-skin.ts';
import { takeDrawing } from './drawn/take-drawing.ts';
import { fitLidsToDrawing } from './eyes/drawn-eyes.ts';
import { fitEyeCorners } from './eyes/eye-corners.ts';
import { takeEyesApart } from './eyes/eye-layers.ts';
import { type FoundEyes, findEyes, irisCentres } from './eyes/find-eyes.ts';
import { fitLowerLids } from './eyes/lower-lids.ts';
import { fitOuterCorners } from './eyes/outer-corners.ts';
import { stillEyes } from './eyes/still-eyes.ts';
import { type FaceBasis, readFaceBasis } from './face-basis.ts';
import { fitFaceGeometry } from './face-geometry.ts';
import { bareThroat } from './head/bare-throat.ts';
import { cutBySides } from './head/cut-by-sides.ts';
import { foldMaps } from './head/fold-maps.ts';
import { freeParts } from './head/free-parts.ts';
import { relaxedDepth } from './head/relax-depth.ts';
import { unfoldFace } from './head/unfold.ts';
import { fitClosedLips } from './mouth/closed-lips.ts';
import { fitMouthToDrawing } from './mouth/drawn-mouth.ts';
import { areLipsSeen } from './mouth/found-lips.ts';
import { hiddenLips } from './mouth/hidden-lips.ts';
import { lipColour } from './mouth/lip-colour.ts';
import { skinSource } from './mouth/lip-rims.ts';
import { measureMouthLight } from './mouth/mouth-light.ts';
import { takeOwnTeeth } from './mouth/own-teeth.ts';
import { sealedDeltas, shutLips } from './mouth/sealed-lips.ts';
import { paintTeethInLips } from './mouth/teeth-in-lips.ts';
import { takeFromGround } from './person/cut-out.ts';
import { headBox } from './person/head-box.ts';
import { holdsFace, matteOfDrawing } from './person/matte-of-drawing.ts';
import { separatePerson } from './person/person-layers.ts';
import { addStrayHair } from './person/stray-hair.ts';
import { measurePortrait } from './portrait-measures.ts';
import { type PortraitView, PortraitViewer } from './portrait-view.ts';
import { skinColour } from './skin-colour.ts';

const MAX_TURN_DEGREES = 40;
/** Of what covers a mouth: folds beside it would be drawn on fingers. */
const FOLDS_HIDDEN = 0.3;

/** Everything that stays loaded between portraits. */
export class WarpAnalyser implements PortraitAnalyser {
  readonly #rigKey: string;
  readonly #viewer: PortraitViewer;
  readonly #basis: FaceBasis;

  private constructor(rigKey: string, viewer: PortraitViewer, basis: FaceBasis) {
    this.#rigKey = rigKey;
    this.#viewer = viewer;
    this.#basis = basis;
  }

  /** @throws VultusError `pack_invalid` */
  static async open(pack: ModelPack): Promise<WarpAnalyser> {
    const [viewer, basis] = await Promise.all([
      PortraitViewer.open(pack),
      readFaceBasis(pack.files.faceBasis),
    ]);
    const made = { name: RENDERER_NAME, rigVersion: RIG_VERSION, analysisFiles: ANALYSIS_FILES };
    return new WarpAnalyser(rigKey(made, pack), viewer, basis);
  }

  async analyse(bytes: Uint8Array, choice?: FaceChoice): Promise<Analysis> {
    const seen = await this.#viewer.view(bytes, choice);
    const { picture, landmarks: usual, drawnFace, drawn: flat } = seen;
    const size = picture.width;
    const yuv = toYuvPlanes(picture);
    const view: ColourPlanes = { size, channels: yuv };
    const lipsSeen = drawnFace !== undefined || areLipsSeen(view, usual, flat);
    // A mask is flat, too.
    const drawn = flat && lipsSeen;
    const mesh = drawn ? seen.closeUp : usual;
    const { lids, eyes } = drawnFace
      ? { lids: mesh, eyes: findEyes(view, mesh) }
      : fitLids(view, mesh, drawn);
    const landmarks = lipsSeen ? fitLips(view, lids, drawn, drawnFace) : shutLips(lids);
    const geometry = fitFaceGeometry(this.#basis, landmarks);
    if (Math.abs(geometry.yaw) > (MAX_TURN_DEGREES / 180) * Math.PI) {
      throw new VultusError('portrait_turned_away', `turned by ${degrees(geometry.yaw)}°`);
    }
    const lines = drawn ? drawnFace : undefined;
    const shown = lines ? view : paintTeethInLips(view, landmarks);
    const { person, background, matte } = seen.matte
      ? takeFromGround(shown.channels, seen.matte, size)
      : separatePerson(shown.channels, await matteOf(seen, yuv, landmarks), size);
    const measures = measurePortrait({
      view,
      seen,
      landmarks,
      geometry,
      lipsSeen,
      matte,
      basis: this.#basis,
    });
    const laidOut = unfoldFace(landmarks);
    const shape = {
      size,
      person,
      matte: toBytes(matte, 255),
      portrait: moved(landmarks, laidOut),
      rest: moved(geometry.rest, laidOut),
      axes: geometry.axes,
      pivot: geometry.pivot,
      faceHeight: geometry.faceHeight,
    };
    const measured = {
      skinSource: lines ? placesOf(shape.portrait) : skinSource(shape),
      cutBySides: cutBySides(shape),
      bareThroat: drawn ? 0 : bareThroat(view, landmarks, matte, geometry),
    };
    const lips = lipColour(shape);
    const eyeRigs = takeEyesApart(eyes, view, landmarks, drawn);
    const drawing = lines && takeDrawing(view, lines, drawnSkin(view, lines));
    const rig: Rig = {
      ...shape,
      ...measured,
      renderer: RENDERER_NAME,
      key: this.#rigKey,
      drawn,
      drawing,
      background,
      head: headBox(matte, size, landmarks),
      deltas: stillEyes(lipsSeen ? geometry.deltas : sealedDeltas(geometry.deltas), eyeRigs),
      scale: geometry.scale,
      depthShift: relaxedDepth({ ...shape, ...measured }),
      lips,
      eyes: eyeRigs,
      mouthLight: measureMouthLight(view, landmarks, eyes, drawn),
      folds:
        drawn || measures.mouthCovered > FOLDS_HIDDEN ? undefined : foldMaps(view, landmarks, this.#basis),
      hiddenLips: hiddenLips(view, landmarks, measures.lowerFaceCovered),
      ownTeeth: takeOwnTeeth(view, shown, landmarks, lips),
      freeParts: drawn
        ? freeParts(view, matte, skinColour(view, landmarks), { ...shape, ...measured })
        : undefined,
      limits: {
        glasses: measures.glasses,
        lipsSeen,
        smile: measures.smile,
        headCutOff: measures.headCutOff,
        detail: measures.detail,
      },
    };
    return { rig, measures, faceHeight: geometry.faceHeight, view: picture };
  }

  async close(): Promise<void> {
    await this.#viewer.close();
  }
}

async function matteOf(
  { picture, findPerson }: PortraitView,
  yuv: ColourPlanes['channels'],
  landmarks: Float32Array,
): Promise<Plane> {
  const size = picture.width;
  const found = await findPerson();
  if (holdsFace(found, size, landmarks)) return addStrayHair(yuv, found, size);
  return matteOfDrawing(yuv, size, landmarks);
}

/**
 * `mesh`: landmarks as found, `[478·3]`. Returns them with the lids where the view has them, also where it is no
 * photograph, and the eyes between them.
 */
function fitLids(
  view: ColourPlanes,
  mesh: Float32Array,
  drawn: boolean,
): { lids: Float32Array; eyes: FoundEyes } {
  const tall = drawn && fitLidsToDrawing(view, mesh);
  const lids = tall ? fitEyeCorners(view, tall, true) : fitEyeCorners(view, fitLowerLids(view, mesh));
  const eyes = findEyes(view, lids);
  const widened = tall ? lids : fitOuterCorners(lids, irisCentres(eyes));
  // Wider eyes show more of the white. Irises found without that may be off by a third of their radius.
  return { lids: widened, eyes: widened === lids ? eyes : findEyes(view, widened) };
}

/** `points [478·3]`, those of the skin by `shifts [468·2]` in the view. */
function moved(points: Float32Array, shifts: Float32Array): Float32Array {
  const result = points.slice();
  shifts.forEach((shift, i) => {
    result[3 * (i >> 1) + (i & 1)] += shift;
  });
  return result;
}

/** Without depths. */
function placesOf(landmarks: Float32Array): Float32Array {
  return Float32Array.from({ length: 2 * SKIN_POINTS }, (_, i) => landmarks[3 * (i >> 1) + (i & 1)]);
}

/** Closed lips go to their seam, or to the line that is drawn. */
function fitLips(
  view: ColourPlanes,
  landmarks: Float32Array,
  drawn: boolean,
  drawnFace: DrawnFace | undefined,
): Float32Array {
  if (drawnFace && drawnFace.mouth.open > 0.5) return landmarks;
  return fitClosedLips(view, drawn ? fitMouthToDrawing(view, landmarks) : landmarks);
}

function degrees(radians: number): number {
  return Math.round((radians * 180) / Math.PI);
}
