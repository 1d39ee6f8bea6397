/**
 * Finds the landmarks of one face in the pictures of a camera, here in the browser: the networks with which the server
 * analyses portraits, run by ONNX Runtime's WebAssembly. Loaded only when somebody wants it.
 */

import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { env, InferenceSession } from 'onnxruntime-web/wasm';
import type { RgbPicture } from '../../../src/contract/rgb-picture.ts';
import { type FaceBasis, parseFaceBasis } from '../../../src/face/face-basis.ts';
import { FaceDetector } from '../../../src/model/face/face-detector.ts';
import { FaceMesh } from '../../../src/model/face/face-mesh.ts';
import { cutsOf } from '../../../src/model/face/face-region.ts';
import { IrisFinder } from '../../../src/model/face/iris.ts';
import { Pyramid } from '../../../src/model/face/pyramid.ts';
import { type Region, wholeOf } from '../../../src/model/face/region.ts';

/** Below these there is no face: of the box that is looked for, and of the mesh that is followed. */
const [LEAST_BOX_SCORE, LEAST_MESH_SCORE] = [0.6, 0.5];
/**
 * The network takes a face that fills its cut for smaller than it is. Portraits are cut so once; where each cut follows
 * from the one before, the face would shrink from picture to picture.
 */
const WIDER = 1.25;

export class FaceTracker {
  readonly basis: FaceBasis;
  readonly #detector: FaceDetector;
  readonly #mesh: FaceMesh;
  readonly #iris: IrisFinder;
  /** Where the face was last. */
  #region: Region | undefined;

  private constructor(basis: FaceBasis, detector: FaceDetector, mesh: FaceMesh, iris: IrisFinder) {
    this.basis = basis;
    this.#detector = detector;
    this.#mesh = mesh;
    this.#iris = iris;
  }

  /** @param server where the page comes from @throws Error with a sentence for the user */
  static async open(server: URL): Promise<FaceTracker> {
    env.wasm.numThreads = 1;
    env.wasm.wasmPaths = { wasm: wasmUrl };
    const fetched = async (name: string) => {
      const response = await fetch(new URL(`face-models/${name}`, server));
      if (!response.ok) throw new Error('The server does not give the models that a face is tracked with.');
      return new Uint8Array(await response.arrayBuffer());
    };
    const network = async (name: string) => InferenceSession.create(await fetched(name));
    const basis = parseFaceBasis(await fetched('faceBasis'));
    if (!basis) throw new Error('The face basis of the server is of another kind.');
    return new FaceTracker(
      basis,
      new FaceDetector(await network('faceDetector')),
      new FaceMesh(await network('faceMesh')),
      new IrisFinder(await network('iris')),
    );
  }

  /** `[478·3]`: pixels, y down, z towards the viewer; undefined where there is no face. */
  async track(picture: RgbPicture): Promise<Float64Array | undefined> {
    const pyramid = new Pyramid(picture);
    this.#region ??= await this.#find(pyramid, picture);
    if (!this.#region) return undefined;
    const { score, points } = await this.#mesh.measure(pyramid, this.#region);
    if (score < LEAST_MESH_SCORE) {
      this.#region = undefined;
      return undefined;
    }
    this.#region = nextRegion(points);
    return (await this.#iris.refine(pyramid, points)).landmarks;
  }

  async close(): Promise<void> {
    await Promise.all([this.#detector.close(), this.#mesh.close(), this.#iris.close()]);
  }

  async #find(pyramid: Pyramid, picture: RgbPicture): Promise<Region | undefined> {
    const [face] = await this.#detector.find(pyramid, wholeOf(picture));
    return face && face.score >= LEAST_BOX_SCORE ? face.region : undefined;
  }
}

/** To be cut out of the next picture. */
function nextRegion(points: Float64Array): Region {
  const [region] = cutsOf(points);
  return { ...region, side: WIDER * region.side };
}
