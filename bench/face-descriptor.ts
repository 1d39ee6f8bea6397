/** What tells one person from another: HSE FaceRes (`face-descriptor.onnx`), trained on faces in the wild. */
import { fileURLToPath } from 'node:url';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { RgbPicture } from '../src/contract/rgb-picture.ts';
import { EYES } from '../src/face/topology.ts';
import { openAnalysisNetwork } from '../src/model/analysis-network.ts';
import type { FoundFace } from '../src/model/face/face-finder.ts';
import { Pyramid } from '../src/model/face/pyramid.ts';
import { type Cut, cutRegion } from '../src/model/face/region.ts';

const MODEL = fileURLToPath(new URL('face-descriptor.onnx', import.meta.url));
const CUT: Cut = { size: 224, outside: 'edge' };

/** `Float32Array [1024]` */
export type Descriptor = Float32Array;

export class FaceDescriptor {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  static async open(): Promise<FaceDescriptor> {
    return new FaceDescriptor(await openAnalysisNetwork(MODEL));
  }

  async describe(picture: RgbPicture, { box: [left, top, side], landmarks }: FoundFace): Promise<Descriptor> {
    const [from, to] = [EYES.right, EYES.left].map(({ irisCentre }) => 3 * irisCentre);
    const region = {
      x: left + side / 2,
      y: top + side / 2,
      side,
      angle: Math.atan2(landmarks[to + 1] - landmarks[from + 1], landmarks[to] - landmarks[from]),
    };
    const input = new Float32Array(3 * CUT.size * CUT.size);
    cutRegion(new Pyramid(picture), region, CUT, input);
    const { descriptor } = await this.#session.run({
      picture: new Tensor('float32', input, [1, 3, CUT.size, CUT.size]),
    });
    return descriptor.data as Float32Array;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
