/** The pixel pass as a graph, for accelerators. */

import type { I420 } from '../../../image/i420.ts';
import type { Plane, PlaneSize } from '../../../image/planes.ts';
import type { PersonTexture } from './person-texture.ts';
import type { PixelPass } from './pixel-pass.ts';
import type { SourceMap } from './rasterise-map.ts';
import type { RenderGraph } from './render-graph.ts';
import { matteLuma, type Scene } from './scene.ts';

export class GraphPixelPass implements PixelPass {
  readonly #graph: RenderGraph;
  readonly #map: SourceMap;
  readonly #texture: PlaneSize;
  /** matte·Y, matte: `Float32Array [2·height·width]` of the texture */
  readonly #luma: Float32Array;
  /** matte·U, matte·V, matte at half size: `Float32Array [3·height/2·width/2]` */
  readonly #chroma: Float32Array;

  constructor(graph: RenderGraph, person: PersonTexture, map: SourceMap) {
    const { luma, matte, u, v, matteHalf } = person;
    this.#graph = graph;
    this.#map = map;
    this.#texture = { width: person.width, height: person.height };
    this.#luma = stack(luma, matte);
    this.#chroma = stack(u, v, matteHalf);
  }

  async draw({ background, stack: matteStack }: Scene, picture: I420): Promise<void> {
    const [data, matte] = await Promise.all([
      this.#drawOn(this.#luma, background),
      matteStack && this.#matteLuma(),
    ]);
    picture.data.set(data);
    if (matte) matteStack?.matte.set(matte);
  }

  /** The matte of the same map: a white person before black. */
  async #matteLuma(): Promise<Uint8Array> {
    const texels = this.#texture.width * this.#texture.height;
    const white = this.#luma.slice();
    for (let i = 0; i < texels; i++) white[i] = matteLuma(1) * white[texels + i];
    const pixels = 4 * this.#map.width * this.#map.height;
    const black = {
      luma: new Uint8Array(pixels).fill(matteLuma(0)),
      u: new Uint8Array(pixels / 4),
      v: new Uint8Array(pixels / 4),
    };
    return (await this.#drawOn(white, black)).subarray(0, pixels);
  }

  /** @returns I420 data */
  #drawOn(personLuma: Float32Array, { luma, u, v }: Scene['background']): Promise<Uint8Array> {
    return this.#graph.draw({
      width: this.#map.width,
      height: this.#map.height,
      texture: this.#texture,
      map: this.#map.values,
      personLuma,
      personChroma: this.#chroma,
      backgroundLuma: new Float32Array(luma),
      backgroundChroma: stack(u, v),
    });
  }
}

function stack(...planes: (Plane | Uint8Array)[]): Float32Array {
  const data = new Float32Array(planes.length * planes[0].length);
  planes.forEach((plane, i) => {
    data.set(plane, i * plane.length);
  });
  return data;
}
