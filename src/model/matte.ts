/** Cuts the person out: MediaPipe's selfie segmenter as ONNX, sharpened along the picture's own edges. */
import { basename } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { VultusError } from '../errors.ts';
import { clamp, guidedFilter, type Plane, resizeSquare, smoothstep } from '../image/planes.ts';

const SIDE = 256;

export class MatteFinder {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @throws VultusError `pack_invalid` */
  static async open(file: string): Promise<MatteFinder> {
    try {
      return new MatteFinder(await InferenceSession.create(file, { intraOpNumThreads: 1 }));
    } catch (cause) {
      throw new VultusError('pack_invalid', `${basename(file)} cannot be loaded`, { cause });
    }
  }

  /**
   * `red`, `green`, `blue`: square planes 0..1. Returns the matte 0..1 at the same size.
   */
  async find(red: Plane, green: Plane, blue: Plane, size: number): Promise<Plane> {
    const input = new Float32Array(3 * SIDE * SIDE);
    [red, green, blue].forEach((plane, i) => {
      input.set(resizeSquare(plane, size, SIDE), i * SIDE * SIDE);
    });
    const { matte } = await this.#session.run({ picture: new Tensor('float32', input, [1, 3, SIDE, SIDE]) });
    const coarse = resizeSquare(matte.data as Float32Array, SIDE, size);
    const luma = new Float32Array(red.length);
    for (let i = 0; i < luma.length; i++) luma[i] = 0.3 * red[i] + 0.59 * green[i] + 0.11 * blue[i];
    const fine = guidedFilter(luma, coarse, size, Math.max(2, Math.round(size / 128)), 2e-4);
    // Hair keeps its soft edge; faint haze and pinholes go.
    for (let i = 0; i < fine.length; i++) fine[i] = smoothstep(0.12, 0.9, clamp(fine[i], 0, 1));
    return fine;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
