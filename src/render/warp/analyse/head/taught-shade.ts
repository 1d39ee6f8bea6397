/** How the shade of this face changes with each motion coefficient: what was learned, under its own light. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { VultusError } from '../../../../errors.ts';
import { clamp } from '../../../../image/planes.ts';
import { CELLS } from '../../shade/canonical-frame.ts';
import { SHADE_GROUPS, SHADE_STEP } from '../../shade/shade-maps.ts';
import type { SkinLight } from './skin-light.ts';

/** Of each group what it does in any light; for a light from the right, from below, from the front; to folds. */
const TERMS = 5;

export class TaughtShade {
  readonly #steps: Float32Array;
  readonly #maps: Int8Array;

  private constructor(steps: Float32Array, maps: Int8Array) {
    this.#steps = steps;
    this.#maps = maps;
  }

  /**
   * Layout: `float32 [groups·5]` steps, `int8 [groups·5·rows·columns]` (models/training/shade/fit.py).
   * @throws VultusError `pack_invalid`
   */
  static async read(file: string): Promise<TaughtShade> {
    let bytes: Buffer;
    try {
      bytes = await readFile(file);
    } catch (cause) {
      throw new VultusError('pack_invalid', `${basename(file)} cannot be read`, { cause });
    }
    const count = SHADE_GROUPS.length * TERMS;
    if (bytes.byteLength !== count * (4 + CELLS)) {
      throw new VultusError('pack_invalid', `${basename(file)} has ${bytes.byteLength} bytes`);
    }
    const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    return new TaughtShade(new Float32Array(copy, 0, count), new Int8Array(copy, 4 * count));
  }

  /** `ShadeMaps.maps`; `folds`: see own-folds.ts. */
  of(light: SkinLight, folds: Float32Array): Int8Array {
    const terms = [1, ...light];
    const maps = new Int8Array(SHADE_GROUPS.length * CELLS);
    const sum = new Float32Array(CELLS);
    for (let g = 0; g < SHADE_GROUPS.length; g++) {
      sum.fill(0);
      for (let k = 0; k < TERMS; k++) {
        const step = this.#steps[g * TERMS + k] / SHADE_STEP;
        const from = (g * TERMS + k) * CELLS;
        for (let i = 0; i < CELLS; i++) sum[i] += step * (terms[k] ?? folds[i]) * this.#maps[from + i];
      }
      for (let i = 0; i < CELLS; i++) maps[g * CELLS + i] = Math.round(clamp(sum[i], -127, 127));
    }
    return maps;
  }
}
