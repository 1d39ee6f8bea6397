/**
 * Enlarges drawings so that their lines stay lines, where filters make them wide and soft: a network that doubles luma
 * (`drawn-enlarge.onnx`, made by models/training/drawn); what is left is a filter's.
 */
import { type InferenceSession, Tensor } from 'onnxruntime-common';
import type { RgbPicture } from '../contract/rgb-picture.ts';
import { clamp, type Plane, type PlaneSize } from '../image/planes.ts';
import { resample } from '../image/resample.ts';
import { openAnalysisNetwork } from './analysis-network.ts';

const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114];

export class DrawingEnlarger {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @throws VultusError `pack_invalid` */
  static async open(file: string): Promise<DrawingEnlarger> {
    return new DrawingEnlarger(await openAnalysisNetwork(file));
  }

  /** `plane` 0..255, of a picture of size `from`, in that of `to`. */
  async enlargePlane(plane: Plane, from: PlaneSize, to: PlaneSize): Promise<Plane> {
    const values = plane.map((value) => value / 255);
    const luma = new Tensor('float32', values, [1, 1, from.height, from.width]);
    const { doubled } = await this.#session.run({ luma });
    const size = { width: 2 * from.width, height: 2 * from.height };
    const whole = (doubled.data as Float32Array).map((value) => clamp(255 * value, 0, 255));
    return resample(whole, size, to, 255);
  }

  /** `small`, larger: `smooth` is the same picture enlarged by a filter, whose colours are kept. */
  async enlarge(small: RgbPicture, smooth: RgbPicture): Promise<RgbPicture> {
    const luma = await this.enlargePlane(lumaOf(small), small, smooth);
    const own = lumaOf(smooth);
    const data = Uint8ClampedArray.from(smooth.data, (value, i) => {
      const pixel = Math.floor(i / 3);
      return value + luma[pixel] - own[pixel];
    });
    return { ...smooth, data: new Uint8Array(data.buffer) };
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function lumaOf({ data }: RgbPicture): Plane {
  return Float32Array.from(
    { length: data.length / 3 },
    (_, i) => RED * data[3 * i] + GREEN * data[3 * i + 1] + BLUE * data[3 * i + 2],
  );
}
