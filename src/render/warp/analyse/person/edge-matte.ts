/**
 * The matte between what is surely the person and what is surely the scene: each pixel by the colours of both near it.
 * Bayesian matting (Chuang et al. 2001) with means and variances for each channel, along a grid of shares.
 */
import { boxBlur, clamp, halve, multiply, type Plane } from '../../../../image/planes.ts';

/** A found matte is right but for so much of the view to either side of its edge. */
const DOUBTFUL = 1 / 90;
/** Shares of the person that are surely all of it, and surely nothing. */
const ALL = 0.95;
const NOTHING = 0.03;
/** Colours are learnt within such shares of the view, by the weight of each. */
const REACHES = [
  { reach: 1 / 60, weight: 1 },
  { reach: 1 / 18, weight: 0.02 },
] as const;
/** Standard deviations of luma and of chroma, levels: the least of each side's colours, the picture's noise. */
const LEAST_PERSON = [9, 4, 4];
const LEAST_SCENE = [5, 2.5, 2.5];
const NOISE = [2, 2, 2];
/** Where nothing is known of a side any colour may be its own. */
const UNKNOWN_VARIANCE = 1e4;
/** How far a share may be from the found one. */
const TRUST = 0.3;
/** What an even mixture costs, times four: most pixels are of one side alone. */
const MIXTURE = 8;
const STEPS = 12;
/** In full only where so much around is doubtful: next to what is sure the found share holds. */
const FULL_DOUBT = 0.3;

/** Colours usual near each place, planes of `size` a side for each channel. */
export interface LocalColours {
  size: number;
  mean: Plane[];
  variance: Plane[];
}

export interface Edge {
  /** 0..1, at full size. */
  matte: Plane;
  person: LocalColours;
  scene: LocalColours;
}

/** `yuv`: square planes 0..255; `found`: the matte, 0..1. */
export function refineEdge(yuv: readonly Plane[], found: Plane, size: number): Edge {
  const half = size / 2;
  const coarse = halve(found, size);
  const lack = shareAround(coarse, half, (share) => share < ALL);
  const presence = shareAround(coarse, half, (share) => share > NOTHING);
  const isPerson = lacking(lack);
  const isScene = lacking(presence);
  const planes = yuv.map((plane) => halve(plane, size));
  const person = learnColours(planes, isPerson, half, LEAST_PERSON);
  const scene = learnColours(planes, isScene, half, LEAST_SCENE);
  const matte = boxBlur(found, size, size, Math.max(1, Math.round((DOUBTFUL * size) / 4)));
  const costs = new Float64Array(STEPS + 1);
  const usual = new UsualColours(person, scene);
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) {
      const at = (y >> 1) * half + (x >> 1);
      if (isPerson[at]) matte[i] = 1;
      else if (isScene[at]) matte[i] = 0;
      else {
        const doubt = Math.min(1, lack[at] / FULL_DOUBT, presence[at] / FULL_DOUBT);
        weigh(costs, matte[i], TRUST * TRUST * doubt);
        usual.lookUp((x + 0.5) / 4 - 0.5, (y + 0.5) / 4 - 0.5);
        addMisfit(costs, yuv, i, usual.values);
        matte[i] = lowest(costs);
      }
    }
  }
  return { matte, person, scene };
}

/** How much of what is around each place is what `is` says. */
function shareAround(plane: Plane, size: number, is: (share: number) => boolean): Plane {
  const there = new Float32Array(plane.length);
  for (let i = 0; i < plane.length; i++) if (is(plane[i])) there[i] = 1;
  return boxBlur(there, size, size, Math.max(2, Math.round(DOUBTFUL * size)), there);
}

/** 1 where there is none. */
function lacking(share: Plane): Plane {
  const none = new Float32Array(share.length);
  for (let i = 0; i < none.length; i++) if (share[i] < 1e-4) none[i] = 1;
  return none;
}

/** What each share costs by how far it is from the found one. */
function weigh(costs: Float64Array, found: number, variance: number): void {
  for (let k = 0; k <= STEPS; k++) {
    const share = k / STEPS;
    costs[k] = (share - found) ** 2 / variance + MIXTURE * share * (1 - share);
  }
}

/** Planes of `size` a side that are looked up together, bilinear: nearest cells would show. */
class UsualColours {
  /** Of each channel the person's mean and variance, then the scene's. */
  readonly values = new Float64Array(4 * 3);
  readonly #planes: readonly Plane[];
  readonly #size: number;

  constructor(person: LocalColours, scene: LocalColours) {
    this.#planes = [0, 1, 2].flatMap((c) => [
      person.mean[c],
      person.variance[c],
      scene.mean[c],
      scene.variance[c],
    ]);
    this.#size = person.size;
  }

  /** `x`, `y` in cells, from the middle of the first. */
  lookUp(x: number, y: number): void {
    const last = this.#size - 1.001;
    const column = clamp(x, 0, last);
    const row = clamp(y, 0, last);
    const at = Math.floor(row) * this.#size + Math.floor(column);
    const below = at + this.#size;
    const right = column % 1;
    const down = row % 1;
    for (let k = 0; k < this.values.length; k++) {
      const plane = this.#planes[k];
      const upper = plane[at] + right * (plane[at + 1] - plane[at]);
      const lower = plane[below] + right * (plane[below + 1] - plane[below]);
      this.values[k] = upper + down * (lower - upper);
    }
  }
}

/** Twice the negative logarithm of how likely pixel `i` is for each share of the person; `usual`: see `UsualColours`. */
function addMisfit(costs: Float64Array, yuv: readonly Plane[], i: number, usual: Float64Array): void {
  for (let k = 0; k <= STEPS; k++) {
    const share = k / STEPS;
    let spread = 1;
    for (let c = 0; c < 3; c++) {
      const variance =
        share * share * usual[4 * c + 1] + (1 - share) * (1 - share) * usual[4 * c + 3] + NOISE[c] * NOISE[c];
      const off = yuv[c][i] - share * usual[4 * c] - (1 - share) * usual[4 * c + 2];
      costs[k] += (off * off) / variance;
      spread *= variance;
    }
    costs[k] += Math.log(spread);
  }
}

/** The share of least cost, between the steps by the parabola through the best three. */
function lowest(costs: Float64Array): number {
  let best = 0;
  for (let k = 1; k <= STEPS; k++) if (costs[k] < costs[best]) best = k;
  if (best === 0 || best === STEPS) return best / STEPS;
  const [before, after] = [costs[best - 1], costs[best + 1]];
  const bend = before + after - 2 * costs[best];
  return (best + (bend > 0 ? (0.5 * (before - after)) / bend : 0)) / STEPS;
}

/** `planes`, and `known`, 1 where they show the side that is asked for: of `size` a side. */
function learnColours(
  planes: readonly Plane[],
  known: Plane,
  size: number,
  leastDeviation: readonly number[],
): LocalColours {
  const half = size / 2;
  const weights = gather(halve(known, size), half);
  const mean: Plane[] = [];
  const variance: Plane[] = [];
  planes.forEach((plane, c) => {
    const values = multiply(plane, known);
    const first = gather(halve(values, size), half);
    const second = gather(halve(multiply(plane, values), size), half);
    for (let i = 0; i < first.length; i++) {
      if (weights[i] < 1e-6) {
        second[i] = UNKNOWN_VARIANCE;
        continue;
      }
      first[i] /= weights[i];
      second[i] = Math.max(0, second[i] / weights[i] - first[i] ** 2) + leastDeviation[c] ** 2;
    }
    mean.push(first);
    variance.push(second);
  });
  return { size: half, mean, variance };
}

/** Means over what is around each place; twice, so that nothing jumps where a window ends. */
function gather(plane: Plane, size: number): Plane {
  const sum = new Float32Array(plane.length);
  for (const { reach, weight } of REACHES) {
    const radius = Math.max(2, Math.round(reach * size));
    const near = boxBlur(plane, size, size, radius);
    boxBlur(near, size, size, radius, near);
    for (let i = 0; i < sum.length; i++) sum[i] += weight * near[i];
  }
  return sum;
}
