/** The pixel pass as the pack's `render.onnx`, for accelerators (graph: models/training/vultus_training/render_export.py). */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Plane } from '../avatar/planes.ts';
import type { I420 } from '../media/i420.ts';
import type { PixelPass } from './pixel-pass.ts';
import type { SourceMap } from './rasterise-map.ts';
import { matteLuma, type PersonPlanes, type Scene } from './scene.ts';

export class GraphPixelPass implements PixelPass {
  readonly #graph: InferenceSession;
  readonly #map: SourceMap;
  /** matte·Y, matte: `Float32Array [2·size·size]` */
  readonly #luma: Float32Array;
  /** matte·U, matte·V, matte at half size: `Float32Array [3·size/2·size/2]` */
  readonly #chroma: Float32Array;

  constructor(graph: InferenceSession, { luma, matte, u, v, matteHalf }: PersonPlanes, map: SourceMap) {
    this.#graph = graph;
    this.#map = map;
    this.#luma = stack(luma, matte);
    this.#chroma = stack(u, v, matteHalf);
  }

  async draw({ background, stack }: Scene, picture: I420): Promise<void> {
    picture.data.set(await this.#run(this.#luma, background));
    if (stack) stack.matte.set(await this.#matteLuma());
  }

  /** The matte of the same map: a white person before black. */
  async #matteLuma(): Promise<Uint8Array> {
    const pixels = 4 * this.#map.size ** 2;
    const white = this.#luma.slice();
    for (let i = 0; i < pixels; i++) white[i] = matteLuma(1) * white[pixels + i];
    const black = {
      luma: new Uint8Array(pixels).fill(matteLuma(0)),
      u: new Uint8Array(pixels / 4),
      v: new Uint8Array(pixels / 4),
    };
    return (await this.#run(white, black)).subarray(0, pixels);
  }

  /** @returns I420 data */
  async #run(personLuma: Float32Array, { luma, u, v }: Scene['background']): Promise<Uint8Array> {
    const half = this.#map.size;
    const size = 2 * half;
    const { picture } = await this.#graph.run({
      map: new Tensor('float32', this.#map.values, [1, 2, half, half]),
      personLuma: new Tensor('float32', personLuma, [1, 2, size, size]),
      personChroma: new Tensor('float32', this.#chroma, [1, 3, half, half]),
      backgroundLuma: new Tensor('float32', new Float32Array(luma), [1, 1, size, size]),
      backgroundChroma: new Tensor('float32', stack(u, v), [1, 2, half, half]),
    });
    return picture.data as Uint8Array;
  }
}

/** One run for a picture of this size, with nothing in it. */
export async function runBlank(session: InferenceSession, size: number): Promise<void> {
  const half = size / 2;
  const blank = (...shape: number[]) =>
    new Tensor('float32', new Float32Array(shape.reduce((product, length) => product * length)), shape);
  await session.run({
    map: blank(1, 2, half, half),
    personLuma: blank(1, 2, size, size),
    personChroma: blank(1, 3, half, half),
    backgroundLuma: blank(1, 1, size, size),
    backgroundChroma: blank(1, 2, half, half),
  });
}

function stack(...planes: (Plane | Uint8Array)[]): Float32Array {
  const data = new Float32Array(planes.length * planes[0].length);
  planes.forEach((plane, i) => {
    data.set(plane, i * plane.length);
  });
  return data;
}
