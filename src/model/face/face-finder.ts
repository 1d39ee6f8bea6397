/**
 * Finds faces in a picture: detector, 478-point mesh and irises of @vladmandic/human on the wasm backend. No
 * native code; everything comes from the npm package.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { RgbPicture } from '../../contract/rgb-picture.ts';
import { LANDMARK_COUNT } from '../../face/topology.ts';

/** A face in pixels of the picture that was searched. */
export interface FoundFace {
  /** Left, top, width, height. */
  box: [number, number, number, number];
  /** `Float64Array [478·3]`: x right, y down, z towards the viewer, pixels. */
  landmarks: Float64Array;
  /** What tells one person from another, 1024 numbers; present where the finder describes faces. */
  descriptor?: readonly number[];
}

/** Measured on 275 head-shots: below these there is no face (a one-eyed cartoon has faceScore 0.97). */
const MIN_BOX_SCORE = 0.7;
const MIN_FACE_SCORE = 0.9;
/** A mesh that fits without doubt makes up for a box that is less sure. */
const MIN_BOX_SCORE_OF_SURE_MESH = 0.55;
const SURE_FACE_SCORE = 0.985;
/** Faces much smaller than the largest one are bystanders. */
const MIN_SHARE_OF_LARGEST = 0.2;

interface HumanFace {
  boxScore: number;
  faceScore: number;
  box: [number, number, number, number];
  mesh: [number, number, number][];
  embedding?: number[];
}
interface Human {
  tf: {
    tensor(values: Int32Array, shape: number[], type: 'int32'): { dispose(): void };
    setWasmPaths(path: string): void;
  };
  load(): Promise<void>;
  detect(tensor: unknown): Promise<{ face: HumanFace[] }>;
}

/** The package loads its models through `fetch`, which in Node reads no files. */
function allowFileFetch(): void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    return url.startsWith('file:')
      ? new Response(new Uint8Array(await readFile(fileURLToPath(url))))
      : original(input, init);
  };
}

export class FaceFinder {
  readonly #human: Human;

  private constructor(human: Human) {
    this.#human = human;
  }

  /**
   * Loads the networks. Meant for a thread of its own: it changes that thread's `fetch`. `describe`: faces get a
   * descriptor (FaceRes).
   */
  static async create({ describe = false } = {}): Promise<FaceFinder> {
    allowFileFetch();
    const require = createRequire(import.meta.url);
    const packageRoot = dirname(dirname(require.resolve('@vladmandic/human')));
    const module = require(join(packageRoot, 'dist', 'human.node-wasm.js'));
    const wasmRoot = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
    const off = { enabled: false };
    const human: Human = new module.Human({
      backend: 'wasm',
      wasmPath: join(wasmRoot, 'dist', '/'),
      modelBasePath: pathToFileURL(join(packageRoot, 'models', '/')).href,
      debug: false,
      cacheSensitivity: 0,
      filter: off,
      face: {
        enabled: true,
        // `square: true` would displace the mesh on pictures that are not square.
        detector: { rotation: true, maxDetected: 10, minConfidence: 0.2, square: false },
        mesh: { enabled: true },
        iris: { enabled: true },
        attention: off,
        description: { enabled: describe },
        emotion: off,
        antispoof: off,
        liveness: off,
      },
      body: off,
      hand: off,
      object: off,
      gesture: off,
      segmentation: off,
    });
    human.tf.setWasmPaths(join(wasmRoot, 'dist', '/'));
    await human.load();
    return new FaceFinder(human);
  }

  /** All credible faces, largest first. */
  async find(picture: RgbPicture): Promise<FoundFace[]> {
    const { width, height, data } = picture;
    const tensor = this.#human.tf.tensor(Int32Array.from(data), [height, width, 3], 'int32');
    try {
      const { face } = await this.#human.detect(tensor);
      const credible = face
        .filter(
          ({ boxScore, faceScore }) =>
            (boxScore >= MIN_BOX_SCORE && faceScore >= MIN_FACE_SCORE) ||
            (boxScore >= MIN_BOX_SCORE_OF_SURE_MESH && faceScore >= SURE_FACE_SCORE),
        )
        .filter(({ mesh }) => mesh.length === LANDMARK_COUNT)
        .sort((a, b) => b.box[2] - a.box[2]);
      return credible
        .filter(({ box }) => box[2] >= MIN_SHARE_OF_LARGEST * credible[0].box[2])
        .map(({ box, mesh, embedding }) => ({
          box,
          descriptor: embedding,
          landmarks: Float64Array.from(mesh.flatMap(([x, y, z]) => [x, y, -z])),
        }));
    } finally {
      tensor.dispose();
    }
  }
}
