import { clamp, type Plane, smoothstep } from '../../../../image/planes.ts';

/** Teeth have more than this share of the light of the brightest of them, which begin at this share of the mouth. */
const TEETH_LIGHT = 0.45;
const BRIGHTEST = 0.85;
/** What has less of it lies in the corners; more of it is surely in the light. */
const CORNER_LIGHT = [0.18, 0.36] as const;
/** Least absolute distances, by weights that follow them. */
const ROUNDS = 8;
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
  const edge = archThrough(bottoms);
  // Teeth in the dark of the corners, and what is behind them, are drawn anew.
  const inLight = (i: number) => smoothstep(...CORNER_LIGHT, (y[i] - 16) / (light - 16));
  return [
    y,
    u,
    v,
    opacity.map((value, i) => {
      const above = edge(i % side) + 1 - Math.floor(i / side);
      return value * clamp(above, 0, 1) * inLight(i);
    }),
  ];
}

/** The parabola along the lower ends of a row of teeth, columns without any (-1) left out: most lie near it. */
function archThrough(bottoms: readonly number[]): (column: number) => number {
  const columns = [...bottoms.keys()].filter((x) => bottoms[x] >= 0);
  if (columns.length < 3) return () => bottoms.length;
  const middle = (columns[0] + columns[columns.length - 1]) / 2;
  const half = Math.max(1, (columns[columns.length - 1] - columns[0]) / 2);
  const basis = (column: number) => {
    const along = (column - middle) / half;
    return [1, along, along * along];
  };
  let curve = [0, 0, 0];
  const at = (column: number) => basis(column).reduce((sum, value, k) => sum + curve[k] * value, 0);
  let weights = columns.map(() => 1);
  for (let round = 0; round < ROUNDS; round++) {
    const sums = Array.from({ length: 3 }, () => [0, 0, 0, 0]);
    columns.forEach((column, i) => {
      const terms = basis(column);
      terms.forEach((term, row) => {
        for (const [k, other] of [...terms, bottoms[column]].entries())
          sums[row][k] += weights[i] * term * other;
      });
    });
    curve = solved(sums);
    weights = columns.map((column) => 1 / Math.max(1, Math.abs(bottoms[column] - at(column))));
  }
  return at;
}

/** Gauss–Jordan elimination of three equations, each with its right side last. */
function solved(rows: number[][]): number[] {
  rows.forEach((row, k) => {
    const pivot = row[k] || 1e-9;
    row.forEach((value, c) => {
      row[c] = value / pivot;
    });
    rows.forEach((other, r) => {
      if (r === k) return;
      const factor = other[k];
      row.forEach((value, c) => {
        other[c] -= factor * value;
      });
    });
  });
  return rows.map((row) => row[3]);
}

/** Colour for the light: what a surface has in the sun and in the shade. */
function hue(y: number, u: number, v: number): readonly [number, number] {
  const light = Math.max(1, y - 16);
  return [(u - 128) / light, (v - 128) / light];
}

function distanceOf(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
