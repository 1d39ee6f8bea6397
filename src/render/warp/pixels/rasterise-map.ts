/** Draws a mesh with depth test into a map of source coordinates: for each cell, where in the portrait to look. */
import type { Framing } from '../head/framing.ts';
import { MESH_TRIANGLES, VERTEX_COUNT } from '../head/mesh-topology.ts';
import { BeyondEdges } from './beyond-edges.ts';
import { Kernels } from './kernels.ts';
import type { PersonTexture } from './person-texture.ts';

export type SourceTexture = Pick<PersonTexture, 'width' | 'height' | 'before' | 'ends' | 'presence'>;

/** What is kept for each cell and for each texel of luma, by this and by a pixel pass; and for the face. */
const ROOM_BYTES = { cell: 48, texel: 4, face: 1 << 19 } as const;

/** Source coordinates x then y, `Float32Array [2·height·width]`, in −1..1 with the texture's edges at ±1. */
export class SourceMap {
  /** Cells: half of the picture's pixels each way. */
  readonly width: number;
  readonly height: number;
  /** In the memory of `kernels`. */
  readonly values: Float32Array;
  /** For what draws the map. */
  readonly kernels: Kernels;
  readonly #framing: Framing;
  readonly #texture: SourceTexture;
  readonly #cellsPerView: number;
  readonly #beyond: BeyondEdges;
  /** From view fractions to texture coordinates: factor and offset of x. */
  readonly #toTexture: readonly [factor: number, offset: number];
  /** The map in which nothing has moved. */
  readonly #own: Float32Array;
  readonly #depth: Float32Array;
  /** Indices of cells that look beyond the texture's edges. */
  readonly #outside: Uint32Array;
  readonly #positions: Float32Array;
  readonly #source: Float32Array;
  readonly #triangles: Uint16Array;

  constructor(framing: Framing, texture: SourceTexture) {
    const { width, height, before } = texture;
    this.#framing = framing;
    this.#texture = texture;
    this.#cellsPerView = framing.pixelsPerView / 2;
    this.width = framing.width / 2;
    this.height = framing.height / 2;
    this.#beyond = new BeyondEdges(texture.presence, width / 2, height / 2, texture.ends);
    this.#toTexture = [(2 * height) / width, (2 * before) / width - 1];
    const cells = this.width * this.height;
    const { cell, texel, face } = ROOM_BYTES;
    const kernels = new Kernels(cell * cells + texel * width * height + face);
    this.kernels = kernels;
    this.values = kernels.array(Float32Array, 2 * cells);
    this.#own = kernels.array(Float32Array, 2 * cells);
    this.#depth = kernels.array(Float32Array, cells);
    this.#outside = kernels.array(Uint32Array, cells);
    this.#positions = kernels.array(Float32Array, 3 * VERTEX_COUNT);
    this.#source = kernels.array(Float32Array, 2 * VERTEX_COUNT);
    this.#triangles = kernels.array(Uint16Array, MESH_TRIANGLES.length);
    this.#fillOwn();
  }

  /** From texture coordinates to view fractions: `x · (u − from)`. */
  get toView(): { x: number; from: number } {
    const [factor, offset] = this.#toTexture;
    return { x: 1 / factor, from: offset };
  }

  /** 1 for each cell in which the portrait shows something where nothing has moved, `Uint8Array [height·width]`. */
  presenceAtRest(): Uint8Array {
    const { width, height, before, presence } = this.#texture;
    const { left, top } = this.#framing;
    const n = this.#cellsPerView;
    const present = new Uint8Array(this.width * this.height);
    for (let y = 0; y < this.height; y++) {
      const row = Math.floor((((y + 0.5) / n + top) * height) / 2);
      if (row < 0 || row >= height / 2) continue;
      for (let x = 0; x < this.width; x++) {
        const column = Math.floor((((x + 0.5) / n + left) * height + before) / 2);
        if (column < 0 || column >= width / 2) continue;
        present[y * this.width + x] = presence[(row * width) / 2 + column];
      }
    }
    return present;
  }

  /**
   * `positions [vertices·3]` in view fractions from the picture's corner, `source [vertices·2]` from the portrait's,
   * `triangles` three indices each; no more of all than the head mesh has.
   * Cells that no triangle covers keep their own place as source.
   */
  draw(positions: Float32Array, source: Float32Array, triangles: Uint16Array): void {
    this.#place(positions, source);
    this.#triangles.set(triangles);
    const { width, height, values, kernels } = this;
    const size = [width, height] as const;
    const at = (array: { byteOffset: number }) => array.byteOffset;
    const mesh = [at(this.#positions), at(this.#source), at(this.#triangles), triangles.length / 3] as const;
    const [map, depth] = [at(values), at(this.#depth)];
    kernels.run.drawTriangles(...size, ...mesh, depth, map);
    const { limitU, limitV } = this.#beyond;
    const found = [at(this.#own), limitU, limitV, at(this.#outside)] as const;
    const outside = kernels.run.finishMap(...size, depth, map, ...found);
    for (let i = 0; i < outside; i++) this.#look(values, this.#outside[i]);
  }

  /** In cells, whole numbers in their middles, and in texture coordinates. */
  #place(positions: Float32Array, source: Float32Array): void {
    const n = this.#cellsPerView;
    const placed = this.#positions;
    for (let i = 0; i < positions.length; i += 3) {
      placed[i] = positions[i] * n - 0.5;
      placed[i + 1] = positions[i + 1] * n - 0.5;
      placed[i + 2] = positions[i + 2];
    }
    const [factor, offset] = this.#toTexture;
    const sources = this.#source;
    for (let i = 0; i < source.length; i += 2) {
      sources[i] = factor * source[i] + offset;
      sources[i + 1] = 2 * source[i + 1] - 1;
    }
  }

  #fillOwn(): void {
    const { width, height } = this;
    const own = this.#own;
    const { left, top } = this.#framing;
    const { limitU, limitV } = this.#beyond;
    const n = this.#cellsPerView;
    const [factor, offset] = this.#toTexture;
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        own[i] = factor * ((x + 0.5) / n + left) + offset;
        own[width * height + i] = 2 * ((y + 0.5) / n + top) - 1;
        const isInside = Math.abs(own[i]) <= limitU && Math.abs(own[width * height + i]) <= limitV;
        if (!isInside) this.#look(own, i);
      }
    }
  }

  /** What takes the place of what a cell looks at beyond the texture. */
  #look(map: Float32Array, cell: number): void {
    const plane = this.width * this.height;
    this.#beyond.locate(map[cell], map[plane + cell]);
    map[cell] = this.#beyond.u;
    map[plane + cell] = this.#beyond.v;
  }
}
