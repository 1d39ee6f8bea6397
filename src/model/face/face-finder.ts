/** Finds faces in a picture: where they are, then 478 points of each, with MediaPipe's networks as ONNX. */
import type { RgbPicture } from '../../contract/rgb-picture.ts';
import type { ModelPack } from '../pack.ts';
import { FaceDetector } from './face-detector.ts';
import { FaceMesh, type MeasuredMesh } from './face-mesh.ts';
import { boxOf, cutsOf } from './face-region.ts';
import { IrisFinder } from './iris.ts';
import { Pyramid } from './pyramid.ts';

/** A face in pixels of the picture that was searched. */
export interface FoundFace {
  /** A square around all of the face, which may reach beyond the picture: left, top, width, height. */
  box: [number, number, number, number];
  /** `Float64Array [478·3]`: x right, y down, z towards the viewer, pixels. */
  landmarks: Float64Array;
  /** The same with eyes and brows as the iris network alone sees them: the mesh has those of drawings too small. */
  closeUp: Float64Array;
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

type Box = FoundFace['box'];

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
      await FaceDetector.open(faceDetector),
      await FaceMesh.open(faceMesh),
      await IrisFinder.open(iris),
    );
  }

  /** All credible faces, largest first. */
  async find(picture: RgbPicture): Promise<FoundFace[]> {
    const pyramid = new Pyramid(picture);
    const faces: FoundFace[] = [];
    for (const points of await this.#credibleMeshes(pyramid)) {
      const measured = await this.#measure(pyramid, points);
      faces.push({ box: boxOf(measured.landmarks), ...measured });
    }
    return faces;
  }

  async #credibleMeshes(pyramid: Pyramid): Promise<Float64Array[]> {
    const meshes: { points: Float64Array; box: Box }[] = [];
    for (const { score, region } of (await this.#detector.find(pyramid)).slice(0, MAX_FACES)) {
      if (score < MIN_BOX_SCORE_OF_SURE_MESH) continue;
      const mesh = await this.#mesh.measure(pyramid, region);
      const box = boxOf(mesh.points);
      if (isCredible(score, mesh) && !meshes.some((other) => isSameFace(other.box, box))) {
        meshes.push({ points: mesh.points, box });
      }
    }
    meshes.sort((a, b) => b.box[2] - a.box[2]);
    return meshes
      .filter(({ box }) => box[2] >= MIN_SHARE_OF_LARGEST * meshes[0].box[2])
      .map(({ points }) => points);
  }

  /** The mean over several cuts about the face, whose errors are their own, and the eyes at a larger scale. */
  async #measure(pyramid: Pyramid, first: Float64Array): Promise<Omit<FoundFace, 'box'>> {
    const mean = new Float64Array(first.length);
    const cuts = cutsOf(first);
    for (const region of cuts) {
      const { points } = await this.#mesh.measure(pyramid, region);
      for (let i = 0; i < mean.length; i++) mean[i] += points[i] / cuts.length;
    }
    return this.#iris.refine(pyramid, mean);
  }

  async close(): Promise<void> {
    await Promise.all([this.#detector.close(), this.#mesh.close(), this.#iris.close()]);
  }
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
