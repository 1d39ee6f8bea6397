import type { Plane } from '../../../../image/planes.ts';

/** Teeth have more than this share of the light of the brightest of them, which begin at this share of the mouth. */
const TEETH_LIGHT = 0.45;
const BRIGHTEST = 0.85;
/** Of so many columns to each side, shares of the picture of the mouth, they end where most do. */
const NEIGHBOURS = 0.12;
/** Colour tells teeth from lips where it differs by this much of their light: not in a grey picture. */
const LEAST_DIFFERENCE = 0.1;

/**
 * Takes away what an open mouth shows below its upper teeth: part of a lip would stay there when the jaw goes down.
 * Planes of Y, U, V and opacity, 0..255; `lips`: their colour.
 */
export function endBelowTeeth(
  [y, u, v, opacity]: readonly Plane[],
  side: number,
  lips: readonly [number, number, number],
): Plane[] {
  const shown = y.filter((_, i) => opacity[i] === 255).sort();
  const bright = shown[Math.floor(BRIGHTEST * shown.length)];
  const ofBrightest = (plane: Plane) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < plane.length; i++) {
      if (opacity[i] < 255 || y[i] < bright) continue;
      sum += plane[i];
      count++;
    }
    return sum / count;
  };
  const light = ofBrightest(y);
  const tooth = hue(light, ofBrightest(u), ofBrightest(v));
  const lip = hue(...lips);
  if (distanceOf(tooth, lip) < LEAST_DIFFERENCE) return [y, u, v, opacity];
  const dark = 16 + TEETH_LIGHT * (light - 16);
  const isTeeth = (i: number) => {
    if (opacity[i] === 0 || y[i] < dark) return false;
    const own = hue(y[i], u[i], v[i]);
    return distanceOf(own, tooth) < distanceOf(own, lip);
  };
  const bottoms = Array.from({ length: side }, (_, x) => {
    let row = side - 1;
    while (row >= 0 && !isTeeth(row * side + x)) row--;
    return row;
  });
  const reach = Math.round(NEIGHBOURS * side);
  const smooth = bottoms.map((_, x) => {
    const near = bottoms.slice(Math.max(0, x - reach), x + reach + 1).filter((row) => row >= 0);
    // Teeth in the dark of the corners are not known as such.
    return near.length > 0 ? near.sort((a, b) => a - b)[near.length >> 1] : side;
  });
  return [y, u, v, opacity.map((value, i) => (i / side < smooth[i % side] + 1 ? value : 0))];
}

/** Colour for the light: what a surface has in the sun and in the shade. */
function hue(y: number, u: number, v: number): readonly [number, number] {
  const light = Math.max(1, y - 16);
  return [(u - 128) / light, (v - 128) / light];
}

function distanceOf(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
