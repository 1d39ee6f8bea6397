import { smoothstep } from '../../../../image/planes.ts';
import type { Rig } from '../../rig.ts';

/** A side cuts the person off where so much of it shows the person. */
const CUT_BY_SIDE = [0, 0.01] as const;

/** How surely the left and the right side of the portrait's view cut the person off, 0..1. */
export function cutBySides({ matte, size }: Pick<Rig, 'matte' | 'size'>): [left: number, right: number] {
  const cut = (column: number) => {
    let rows = 0;
    for (let y = 0; y < size; y++) if (matte[y * size + column] > 127) rows++;
    return smoothstep(...CUT_BY_SIDE, rows / size);
  };
  return [cut(0), cut(size - 1)];
}
