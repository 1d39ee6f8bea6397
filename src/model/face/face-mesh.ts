/** The 468 points of a face's skin: MediaPipe's face mesh (`face-mesh.onnx`). */
import { type InferenceSession, Tensor } from 'onnxruntime-common';
import { SKIN_POINTS } from '../../face/topology.ts';
import type { Pyramid } from './pyramid.ts';
import { type Cut, cutRegion, type Region, toPicture } from './region.ts';

const CUT: Cut = { size: 192, outside: 'edge' };
/** The network's depths over those of the canonical face, measured on 24 portraits. */
const DEPTH = 0.975;

export interface MeasuredMesh {
  /** How sure it is that this is a face, 0..1. */
  score: number;
  /** `Float64Array [468·3]`: x right, y down, z towards the viewer, pixels of the picture. */
  points: Float64Array;
}

export class FaceMesh {
  readonly #session: InferenceSession;
  readonly #input = new Float32Array(3 * CUT.size * CUT.size);

  /** `session`: the network, in whatever runs it, here or in a browser; closed with it. */
  constructor(session: InferenceSession) {
    this.#session = session;
  }

  async measure(pyramid: Pyramid, region: Region): Promise<MeasuredMesh> {
    cutRegion(pyramid, region, CUT, this.#input);
    const { mesh, score } = await this.#session.run({
      picture: new Tensor('float32', this.#input, [1, 3, CUT.size, CUT.size]),
    });
    const values = mesh.data as Float32Array;
    const points = new Float64Array(3 * SKIN_POINTS);
    for (let i = 0; i < points.length; i += 3) {
      points.set(toPicture(region, CUT, values[i], values[i + 1]), i);
      points[i + 2] = (-DEPTH * values[i + 2] * region.side) / CUT.size;
    }
    return { score: (score.data as Float32Array)[0], points };
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
