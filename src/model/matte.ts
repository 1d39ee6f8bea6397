/** Cuts the person out: MediaPipe's selfie segmenter as ONNX, sharpened along the picture's own edges. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { RgbPicture } from '../contract/rgb-picture.ts';
import { readUnitPlane } from '../image/colour.ts';
import { clamp, guidedFilter, type Plane, resizeSquare, smoothstep } from '../image/planes.ts';
import { openAnalysisNetwork } from './analysis-network.ts';

const SIDE = 256;

export class MatteFinder {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @throws VultusError `pack_invalid` */
  static async open(file: string): Promise<MatteFinder> {
    return new MatteFinder(await openAnalysisNetwork(file));
  }

  /** `picture`: square. Returns the matte 0..1 at the same size. */
  async find(picture: RgbPicture): Promise<Plane> {
    const size = picture.width;
    const input = new Float32Array(3 * SIDE * SIDE);
    const plane = new Float32Array(size * size);
    for (let colour = 0; colour < 3; colour++) {
      readUnitPlane(picture, colour, plane);
      input.set(resizeSquare(plane, size, SIDE), colour * SIDE * SIDE);
    }
    const { matte } = await this.#session.run({ picture: new Tensor('float32', input, [1, 3, SIDE, SIDE]) });
    const coarse = resizeSquare(matte.data as Float32Array, SIDE, size);
    const fine = guidedFilter(brightness(picture), coarse, size, Math.max(2, Math.round(size / 128)), 2e-4);
    // Hair keeps its soft edge; faint haze and pinholes go.
    for (let i = 0; i < fine.length; i++) fine[i] = smoothstep(0.12, 0.9, clamp(fine[i], 0, 1));
    return fine;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

/** 0..1 */
function brightness({ data }: RgbPicture): Plane {
  const unit = Float32Array.from({ length: 256 }, (_, value) => value / 255);
  const plane = new Float32Array(data.length / 3);
  for (let i = 0, at = 0; i < plane.length; i++, at += 3) {
    plane[i] = 0.3 * unit[data[at]] + 0.59 * unit[data[at + 1]] + 0.11 * unit[data[at + 2]];
  }
  return plane;
}
