/**
 * Where the inner rims of lips that the portrait shows parted are taken from. The mesh puts them where lip and
 * teeth meet, more or less: a rim that catches a row of teeth would show as a white seam when the mouth is shut.
 */
import { distance } from '../../../../face/landmarks.ts';
import {
  INNER_LOWER_LIP,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  SKIN_POINTS,
  UPPER_LIP_RINGS,
} from '../../../../face/topology.ts';
import { smoothstep } from '../../../../image/planes.ts';
import { nearestPixel } from '../../../../image/sample.ts';
import type { Rig } from '../../rig.ts';
import { TEETH_OVER_LIPS } from './teeth-in-lips.ts';

/** Places across a lip are counted in rings from the rim (0) to the outer edge (3). */
const RIM_PLACE = 0.8;
const FARTHEST_RIM = 2.4;
/** And the two rings next to it at these shares of the way to the outer edge. */
const RING_SHARES = [0.3, 0.63] as const;

/** Where in the portrait the skin's points are taken from, `Float32Array [468·2]`: the landmarks, but for such rims. */
export function skinSource({
  portrait,
  rest,
  person,
  size,
}: Pick<Rig, 'portrait' | 'rest' | 'person' | 'size'>): Float32Array {
  const source = new Float32Array(SKIN_POINTS * 2);
  for (let i = 0; i < SKIN_POINTS; i++) {
    source[2 * i] = portrait[3 * i];
    source[2 * i + 1] = portrait[3 * i + 1];
  }
  const width = distance(rest, MOUTH_CORNER.right, MOUTH_CORNER.left);
  const luma = (x: number, y: number) => person.y[nearestPixel(size, x, y)];
  for (const rings of [UPPER_LIP_RINGS, LOWER_LIP_RINGS]) {
    /** Position of a place across the lip in column `i`. */
    const at = (i: number, place: number): [number, number] => {
      const outward = Math.min(2, Math.floor(place));
      const [from, to] = [rings[3 - outward][i], rings[2 - outward][i]];
      const t = place - outward;
      return [0, 1].map((axis) => (1 - t) * portrait[3 * from + axis] + t * portrait[3 * to + axis]) as [
        number,
        number,
      ];
    };
    const middle = rings[1].map((_, i) => luma(...at(i, 2))).sort((a, b) => a - b)[4];
    const bright = middle + TEETH_OVER_LIPS;
    const found = rings[3].map((_, i) => {
      let place = RIM_PLACE;
      while (place < FARTHEST_RIM && luma(...at(i, place)) > bright) place += 0.1;
      return place;
    });
    rings[3].forEach((rim, i) => {
      const opposite = rings === UPPER_LIP_RINGS ? INNER_LOWER_LIP[i] : INNER_UPPER_LIP[i];
      const parted = smoothstep(0.01, 0.08, distance(portrait, rim, opposite) / width);
      // Neighbours go along, so that the rim stays smooth.
      const place = Math.max(found[i], 0.7 * (found[i - 1] ?? 0), 0.7 * (found[i + 1] ?? 0));
      for (const [ring, own, taken] of [
        [3, 0, place],
        [2, 1, place + RING_SHARES[0] * (3 - place)],
        [1, 2, place + RING_SHARES[1] * (3 - place)],
      ]) {
        source.set(at(i, own + parted * (taken - own)), 2 * rings[ring][i]);
      }
    });
  }
  for (const [corner, within] of [
    [INNER_MOUTH_CORNER.right, 62],
    [INNER_MOUTH_CORNER.left, 292],
  ]) {
    source.copyWithin(2 * corner, 2 * within, 2 * within + 2);
  }
  return source;
}
