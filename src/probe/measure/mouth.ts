import type { RgbPicture } from '../../contract/rgb-picture.ts';
import { distance } from '../../face/landmarks.ts';
import { EAR, LOWER_LIP_MIDDLE, UPPER_LIP_MIDDLE } from '../../face/topology.ts';
import { openAnalysisNetwork } from '../../model/analysis-network.ts';
import { FaceFinder } from '../../model/face/face-finder.ts';
import { FaceMesh } from '../../model/face/face-mesh.ts';
import { cutsOf } from '../../model/face/face-region.ts';
import { Pyramid } from '../../model/face/pyramid.ts';
import type { Region } from '../../model/face/region.ts';
import { BUILTIN_PACK, loadPack } from '../../model/pack.ts';
import type { SeenPicture } from '../endpoint.ts';
import type { Sample } from './lag.ts';
import type { TimedPicture } from './recorder.ts';

/** How the mouth is measured: between the inner lips, or, where there is no face, by how bright the picture is. */
export type MouthMeasure = 'lips' | 'brightness';

/** How far a mouth is open in pictures. */
export class Mouth {
  readonly #finder: FaceFinder;
  readonly #mesh: FaceMesh;
  /** Where the face is that is measured, in widths of a picture. */
  #region: Region | undefined;

  private constructor(finder: FaceFinder, mesh: FaceMesh) {
    this.#finder = finder;
    this.#mesh = mesh;
  }

  static async open(): Promise<Mouth> {
    const { files } = await loadPack(BUILTIN_PACK);
    return new Mouth(await FaceFinder.open(files), new FaceMesh(await openAnalysisNetwork(files.faceMesh)));
  }

  /** Looks for the face that it will measure. @returns which measure that will be */
  async look(picture: SeenPicture): Promise<MouthMeasure> {
    const [face] = await this.#finder.find(toRgb(picture));
    this.#region = face && scaled(cutsOf(face.landmarks)[0], 1 / picture.width);
    return face ? 'lips' : 'brightness';
  }

  /** Of each picture; values of one run can be compared. */
  async measure(pictures: readonly TimedPicture[]): Promise<Sample[]> {
    const samples: Sample[] = [];
    for (const picture of pictures) {
      const value = this.#region ? await this.#lips(picture, this.#region) : brightness(picture);
      samples.push({ atMs: picture.atMs, value });
    }
    return samples;
  }

  async close(): Promise<void> {
    await Promise.all([this.#finder.close(), this.#mesh.close()]);
  }

  /** Between the middles of the inner lips, over the width of the face. The picture may be smaller than others. */
  async #lips(picture: SeenPicture, region: Region): Promise<number> {
    const { points } = await this.#mesh.measure(new Pyramid(toRgb(picture)), scaled(region, picture.width));
    return distance(points, UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE) / distance(points, EAR.right, EAR.left);
  }
}

function scaled({ x, y, side, angle }: Region, scale: number): Region {
  return { x: scale * x, y: scale * y, side: scale * side, angle };
}

/** Mean of the luma plane. */
function brightness({ data, width, height }: SeenPicture): number {
  let sum = 0;
  for (let i = 0; i < width * height; i++) sum += data[i];
  return sum / (width * height);
}

/** BT.601, limited range. */
export function toRgb({ data, width, height }: SeenPicture): RgbPicture {
  const rgb = new Uint8ClampedArray(3 * width * height);
  const halfWidth = (width + 1) >> 1;
  const uAt = width * height;
  const vAt = uAt + halfWidth * ((height + 1) >> 1);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const chroma = (y >> 1) * halfWidth + (x >> 1);
      const luma = 1.164 * (data[y * width + x] - 16);
      const [u, v] = [data[uAt + chroma] - 128, data[vAt + chroma] - 128];
      rgb[at] = luma + 1.596 * v;
      rgb[at + 1] = luma - 0.392 * u - 0.813 * v;
      rgb[at + 2] = luma + 2.017 * u;
    }
  }
  return { data: new Uint8Array(rgb.buffer), width, height };
}
