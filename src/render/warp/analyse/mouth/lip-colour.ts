import { position } from '../../../../face/landmarks.ts';
import { LOWER_LIP_RINGS, UPPER_LIP_RINGS } from '../../../../face/topology.ts';
import { nearestPixel } from '../../../../image/sample.ts';
import type { Rig } from '../../rig.ts';

/** Mean Y, U, V on the middle of both lips. */
export function lipColour({
  person,
  portrait,
  size,
}: Pick<Rig, 'person' | 'portrait' | 'size'>): [number, number, number] {
  const points = [...UPPER_LIP_RINGS[1], ...LOWER_LIP_RINGS[1]];
  const mean = (plane: Uint8Array, side: number) => {
    const pick = (i: number) => plane[nearestPixel(side, ...position(portrait, i))];
    return points.reduce((sum, i) => sum + pick(i), 0) / points.length;
  };
  return [mean(person.y, size), mean(person.u, size / 2), mean(person.v, size / 2)];
}
