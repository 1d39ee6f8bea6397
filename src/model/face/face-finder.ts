/** Finds faces in a picture: where they are, then 478 points of each, with MediaPipe's networks as ONNX. */
import type { RgbPicture } from '../../contract/rgb-picture.ts';
import type { DrawnFace } from '../../face/drawn-face.ts';
import { distance } from '../../face/landmarks.ts';
import { EAR, SKIN_POINTS } from '../../face/topology.ts';
import { openAnalysisNetwork } from '../analysis-network.ts';
import type { ModelPack } from '../pack.ts';
import { FaceDetector } from './face-detector.ts';
import { FaceMesh, type MeasuredMesh } from './face-mesh.ts';
import { boxOf, cutsOf } from './face-region.ts';
import { IrisFinder } from './iris.ts';
import { Pyramid } from './pyramid.ts';
import { type Region, wholeOf } from './region.ts';

/** A face in pixels of the picture that was searched. */
export interface FoundFace {
  /** A square around all of the face, which may reach beyond the picture: left, top, width, height. */
  box: [number, number, number, number];
  /** `Float64Array [478·3]`: x right, y down, z towards the viewer, pixels. */
  landmarks: Float64Array;
  /** The same with eyes and brows as the iris network alone sees them: the mesh has those of drawings too small. */
  closeUp: Float64Array;
  /**
   * How sure it is that this is a face, which stands as the area does in which it was found: at most 1. Upside down
   * the networks see faces, too, that are none.
   */
  sureness: number;
  /** Present where it was found as a drawn face. */
  drawn?: DrawnFace;
}

/** Measured on 275 head-shots: below these there is no face (a one-eyed cartoon has a mesh score of 0.97). */
const MIN_BOX_SCORE = 0.7;
const MIN_MESH_SCORE = 0.9;
/** A mesh that fits without doubt makes up for a box that is less sure. */
const MIN_BOX_SCORE_OF_SURE_MESH = 0.55;
const SURE_MESH_SCORE = 0.985;
/** Faces much smaller than the largest one are bystanders. */
const MIN_SHARE_OF_LARGEST = 0.2;
/** Meshes whose middles are nearer than this, in widths of the larger one, are of one face. */
const SAME_FACE_DISTANCE = 0.4;
const MAX_FACES = 10;
/**
 * Meshes of several cuts are apart by 0.4 to 1.1 % of the face's width where a face stands upright, by 1.2 to 6 % where
 * it stands on its head (32 portraits): so much of that is as bad as a box that is not sure at all.
 */
const UNSTEADY = 0.1;

type Box = FoundFace['box'];

interface CredibleMesh {
  points: Float64Array;
  box: Box;
  /** Of the box that the detector found, 0..1. */
  score: number;
}

export class FaceFinder {
  readonly #detector: FaceDetector;
  readonly #mesh: FaceMesh;
  readonly #iris: IrisFinder;

  private constructor(detector: FaceDetector, mesh: FaceMesh, iris: IrisFinder) {
    this.#detector = detector;
    this.#mesh = mesh;
    this.#iris = iris;
  }

  /**
   * Loads the networks of a pack.
   * @throws VultusError `pack_invalid`
   */
  static async open({
    faceDetector,
    faceMesh,
    iris,
  }: Pick<ModelPack['files'], 'faceDetector' | 'faceMesh' | 'iris'>): Promise<FaceFinder> {
    return new FaceFinder(
      new FaceDetector(await openAnalysisNetwork(faceDetector)),
      new FaceMesh(await openAnalysisNetwork(faceMesh)),
      new IrisFinder(await openAnalysisNetwork(iris)),
    );
  }

  /** All credible faces, largest first. */
  async find(picture: RgbPicture): Promise<FoundFace[]> {
    return this.findIn(new Pyramid(picture), wholeOf(picture));
  }

  /** Those that a square of a picture shows; faces that stand as it does are found best. */
  async findIn(pyramid: Pyramid, area: Region): Promise<FoundFace[]> {
    const faces: FoundFace[] = [];
    for (const { points, score } of await this.#credibleMeshes(pyramid, area)) {
      const { spread, ...measured } = await this.#measure(pyramid, points);
      faces.push({ box: boxOf(measured.landmarks), ...measured, sureness: score - spread / UNSTEADY });
    }
    return faces;
  }

  /** A face again, in a picture that shows more of it than the one in which it was found. */
  async again(picture: RgbPicture, { landmarks, sureness }: FoundFace): Promise<FoundFace> {
    const pyramid = new Pyramid(picture);
    const first = await this.#mesh.measure(pyramid, cutsOf(landmarks)[0]);
    const { spread: _, ...measured } = await this.#measure(pyramid, first.points);
    return { box: boxOf(measured.landmarks), ...measured, sureness };
  }

  async #credibleMeshes(pyramid: Pyramid, area: Region): Promise<CredibleMesh[]> {
    const meshes: CredibleMesh[] = [];
    for (const { score, region } of (await this.#detector.find(pyramid, area)).slice(0, MAX_FACES)) {
      if (score < MIN_BOX_SCORE_OF_SURE_MESH) continue;
      const mesh = await this.#mesh.measure(pyramid, region);
      const box = boxOf(mesh.points);
      if (isCredible(score, mesh) && !meshes.some((other) => isSameFace(other.box, box))) {
        meshes.push({ points: mesh.points, box, score });
      }
    }
    meshes.sort((a, b) => b.box[2] - a.box[2]);
    return meshes.filter(({ box }) => box[2] >= MIN_SHARE_OF_LARGEST * meshes[0].box[2]);
  }

  /** The mean over several cuts about the face, whose errors are their own, and the eyes at a larger scale. */
  async #measure(pyramid: Pyramid, first: Float64Array) {
    const mean = new Float64Array(3 * SKIN_POINTS);
    const meshes: Float64Array[] = [];
    for (const region of cutsOf(first)) meshes.push((await this.#mesh.measure(pyramid, region)).points);
    for (const points of meshes) for (let i = 0; i < mean.length; i++) mean[i] += points[i] / meshes.length;
    return { spread: spreadOf(meshes, mean), ...(await this.#iris.refine(pyramid, mean)) };
  }

  async close(): Promise<void> {
    await Promise.all([this.#detector.close(), this.#mesh.close(), this.#iris.close()]);
  }
}

/** How far the points of meshes are from their mean, on average, in face widths. */
function spreadOf(meshes: readonly Float64Array[], mean: Float64Array): number {
  let sum = 0;
  for (const points of meshes) {
    for (let i = 0; i < mean.length; i += 3) {
      sum += Math.hypot(points[i] - mean[i], points[i + 1] - mean[i + 1]);
    }
  }
  return sum / meshes.length / (mean.length / 3) / distance(mean, EAR.right, EAR.left);
}

function isCredible(boxScore: number, { score }: MeasuredMesh): boolean {
  return (
    (boxScore >= MIN_BOX_SCORE && score >= MIN_MESH_SCORE) ||
    (boxScore >= MIN_BOX_SCORE_OF_SURE_MESH && score >= SURE_MESH_SCORE)
  );
}

function isSameFace([ax, ay, aw, ah]: Box, [bx, by, bw, bh]: Box): boolean {
  const away = Math.hypot(ax + aw / 2 - bx - bw / 2, ay + ah / 2 - by - bh / 2);
  return away < SAME_FACE_DISTANCE * Math.max(aw, bw);
}
