/** The pixel pass for processors: the same sums as `render.onnx` on bytes, without the cells that show nothing of the person. */
import type { I420 } from '../../../image/i420.ts';
import { boxBlur, type Plane, toBytes } from '../../../image/planes.ts';
import type { Kernels } from './kernels.ts';
import type { PersonTexture } from './person-texture.ts';
import type { PixelPass } from './pixel-pass.ts';
import type { SourceMap } from './rasterise-map.ts';
import type { Scene } from './scene.ts';

/** What kernels are told of texels of chroma. */
const PRESENT = 1;
const SOLID = 2;
/** Texels around a solid one that the cells of a picture may look at while it is taken for solid. */
const SOLID_REACH = 3;
/** Mattes from here on are 255. */
const OPAQUE = 254.5 / 255;

/** In the memory of the map that it draws. */
export class CpuPixelPass implements PixelPass {
  readonly #map: SourceMap;
  readonly #kernels: Kernels;
  /** Room for the kernel's own. */
  readonly #places: Int32Array;
  readonly #still: Uint8Array;
  readonly #background: Uint8Array;
  readonly #picture: Uint8Array;
  readonly #matte: Uint8Array;
  /** Whose background the memory holds. */
  #scene: Scene | undefined;

  constructor(person: PersonTexture, map: SourceMap) {
    const { kernels } = map;
    const cells = map.width * map.height;
    const copied = (plane: Uint8Array) => {
      const copy = kernels.array(Uint8Array, plane.length);
      copy.set(plane);
      return copy;
    };
    this.#map = map;
    this.#kernels = kernels;
    this.#places = kernels.array(Int32Array, 6 * (map.width + 8));
    this.#still = copied(map.presenceAtRest());
    this.#background = kernels.array(Uint8Array, 6 * cells);
    this.#picture = kernels.array(Uint8Array, 6 * cells);
    this.#matte = kernels.array(Uint8Array, 4 * cells);
    const { luma, matte, u, v, matteHalf } = person;
    const planes = [toBytes(luma), toBytes(matte, 255), toBytes(u), toBytes(v), toBytes(matteHalf, 255)];
    const starts = [...planes, kindsOf(person)].map((plane) => copied(plane).byteOffset);
    kernels.run.setPerson(person.width, person.height, ...starts);
  }

  draw(scene: Scene, picture: I420): void {
    const { width, height, values } = this.#map;
    const pixels = 4 * width * height;
    if (scene !== this.#scene) {
      this.#background.set(scene.background.luma);
      this.#background.set(scene.background.u, pixels);
      this.#background.set(scene.background.v, 1.25 * pixels);
      this.#scene = scene;
    }
    const { still, stack } = scene;
    this.#picture.set(still);
    if (stack) this.#matte.set(stack.still);
    const arrays = [values, this.#places, this.#still, this.#background, this.#picture];
    const starts = arrays.map(({ byteOffset }) => byteOffset);
    this.#kernels.run.drawPicture(width, height, ...starts, stack ? this.#matte.byteOffset : 0);
    picture.data.set(this.#picture);
    stack?.matte.set(this.#matte);
  }
}

/** Of each texel of chroma, with one more on each side: `Uint8Array [height/2 + 2, width/2 + 2]`. */
function kindsOf({ width, height, matte, presence }: PersonTexture): Uint8Array {
  const [columns, rows] = [width / 2, height / 2];
  const open = boxBlur(isOpen(matte, width), columns, rows, SOLID_REACH);
  const isWithin = (at: number, count: number) => at >= SOLID_REACH && at < count - SOLID_REACH;
  const kinds = new Uint8Array((columns + 2) * (rows + 2));
  for (let y = 0, i = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, i++) {
      const isSolid = open[i] < 1e-3 && isWithin(x, columns) && isWithin(y, rows);
      kinds[(y + 1) * (columns + 2) + x + 1] = (presence[i] && PRESENT) | (isSolid ? SOLID : 0);
    }
  }
  return kinds;
}

/** 1 for each texel of chroma in which the matte of one of luma is not opaque. */
function isOpen(matte: Plane, width: number): Plane {
  const open = new Float32Array(matte.length / 4);
  for (let i = 0; i < matte.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (matte[i] < OPAQUE) open[((y >> 1) * width) / 2 + (x >> 1)] = 1;
  }
  return open;
}
