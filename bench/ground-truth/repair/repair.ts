/** The learned part: small networks that correct mouth and eyes of a drawn picture. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { I420 } from '../../../src/image/i420.ts';
import type { GraphLoader } from '../../../src/model/providers.ts';
import { CROP_PLANES, type Crop, EYE, MOUTH, readCrop, readMotion, repairCrops } from './repair-crop.ts';
import { applyField } from './repair-field.ts';

interface Network {
  session: InferenceSession;
  crops: Float32Array;
  motion: Float32Array;
}

export class Repair {
  readonly #networks: Map<string, Network>;
  #scratch = new Uint8Array(0);

  private constructor(networks: Map<string, Network>) {
    this.#networks = networks;
  }

  /** Opens `<part>.onnx` for those parts that the folder has. */
  static async open(folder: string, loader: Pick<GraphLoader, 'open'>): Promise<Repair> {
    const networks = new Map<string, Network>();
    for (const [part, count] of [
      [MOUTH, 1],
      [EYE, 2],
    ] as const) {
      const file = join(folder, `${part.name}.onnx`);
      if (!existsSync(file)) continue;
      networks.set(part.name, {
        session: await loader.open(file),
        crops: new Float32Array(count * CROP_PLANES * part.cells ** 2),
        motion: new Float32Array(count * part.motion.length),
      });
    }
    return new Repair(networks);
  }

  /** `posed`: landmarks after the head's turn, `[n·3]`; `frame`: `Float32Array [58]`. */
  async apply(picture: I420, posed: Float32Array, frame: Float32Array): Promise<void> {
    if (this.#scratch.length !== picture.data.length) this.#scratch = new Uint8Array(picture.data.length);
    const crops = repairCrops(posed, picture.width);
    for (const [name, network] of this.#networks) {
      await this.#repair(
        picture,
        frame,
        crops.filter(({ part }) => part.name === name),
        network,
      );
    }
  }

  async #repair(
    picture: I420,
    frame: Float32Array,
    crops: Crop[],
    { session, crops: seen, motion }: Network,
  ): Promise<void> {
    const { part } = crops[0];
    const [plane, channels] = [CROP_PLANES * part.cells ** 2, part.motion.length];
    crops.forEach((crop, i) => {
      readCrop(picture, crop, seen.subarray(i * plane, (i + 1) * plane));
      readMotion(frame, crop, motion.subarray(i * channels, (i + 1) * channels));
    });
    const { field } = await session.run({
      crop: new Tensor('float32', seen, [crops.length, CROP_PLANES, part.cells, part.cells]),
      motion: new Tensor('float32', motion, [crops.length, channels]),
    });
    const data = field.data as Float32Array;
    const length = data.length / crops.length;
    crops.forEach((crop, i) => {
      applyField(picture, crop, data.subarray(i * length, (i + 1) * length), part.cells / 2, this.#scratch);
    });
  }

  async close(): Promise<void> {
    for (const { session } of this.#networks.values()) await session.release();
  }
}
