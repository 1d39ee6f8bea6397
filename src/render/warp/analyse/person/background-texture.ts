/**
 * Continues the scene behind the person by pieces of itself: leaves, bricks and brush strokes instead of a blur. A
 * coarse picture is filled from its edge inwards by the pieces that fit best (Efros and Leung 1999); on finer ones the
 * choice is refined (PatchMatch, Barnes et al. 2009), and the finest one says where each pixel is copied from.
 */
import { clamp, halve, type Plane } from '../../../../image/planes.ts';
import { congruentialNumbers } from '../../../../random.ts';

const COARSEST = 32;
const FINEST = 128;
/** Pieces are compared over (2·RADIUS + 1)² cells. */
const RADIUS = 2;
const PASSES = 2;
/** With fewer pieces to choose from there is no texture to continue. */
const LEAST_PIECES = 24;
/** What a piece from another height costs: scenes have their sky above and their floor below. */
const HEIGHT_COST = 80_000;
/** And one from aside: scenes have other things at each side, but go on sideways rather than up and down. */
const SIDEWAYS_COST = 25_000;

/** The scene at one scale. */
interface Level {
  size: number;
  /** Interleaved `[size²·3]`, as filled so far. */
  colours: Float32Array;
  /** 1 where the scene is seen, or filled already. */
  filled: Uint8Array;
  /** Cells to be filled. */
  holes: number[];
  /** Cells around which the scene is seen, as a mask and as a list. */
  isPiece: Uint8Array;
  pieces: number[];
  /** For each hole, the piece it is taken from. */
  source: Int32Array;
}

/**
 * `yuv`: square planes 0..255, `seen`: 1 where they show the scene; `size` a power of two. Returns planes that are
 * the scene where it is not seen, or undefined where there is too little of it.
 */
export function continueTexture(yuv: readonly Plane[], seen: Plane, size: number): Plane[] | undefined {
  const levels = pyramid(yuv, seen, size);
  const [coarsest, ...finer] = levels;
  if (levels.some(({ pieces }) => pieces.length < LEAST_PIECES)) return undefined;
  fillInwards(coarsest);
  let previous = coarsest;
  for (const level of finer) {
    refine(previous, level);
    previous = level;
  }
  return copyPieces(yuv, seen, size, previous);
}

function pyramid(yuv: readonly Plane[], seen: Plane, size: number): Level[] {
  let planes: Plane[] = yuv.map((plane) => plane.map((value, i) => value * seen[i]));
  let [mask, side] = [seen, size];
  const levels: Level[] = [];
  while (side >= COARSEST) {
    if (side <= FINEST) levels.unshift(makeLevel(planes, mask, side));
    planes = planes.map((plane) => halve(plane, side));
    mask = halve(mask, side);
    side /= 2;
  }
  return levels;
}

/** `planes`: weighted by `mask`. */
function makeLevel(planes: readonly Plane[], mask: Plane, size: number): Level {
  const filled = Uint8Array.from(mask, (share) => (share > 0.99 ? 1 : 0));
  const colours = new Float32Array(3 * size * size);
  planes.forEach((plane, c) => {
    for (let i = 0; i < plane.length; i++) if (filled[i]) colours[3 * i + c] = plane[i] / mask[i];
  });
  const isPiece = filled.map((_, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    if (Math.min(x, y) < RADIUS || Math.max(x, y) >= size - RADIUS) return 0;
    for (let dy = -RADIUS; dy <= RADIUS; dy++) {
      for (let dx = -RADIUS; dx <= RADIUS; dx++) if (!filled[i + dy * size + dx]) return 0;
    }
    return 1;
  });
  const cells = [...filled.keys()];
  return {
    size,
    colours,
    filled,
    holes: cells.filter((i) => !filled[i]),
    isPiece,
    pieces: cells.filter((i) => isPiece[i]),
    source: new Int32Array(filled.length),
  };
}

/** How badly a piece fits around a cell, by what is filled there; gives up above `limit`. */
function misfit({ size, colours, filled }: Level, cell: number, piece: number, limit: number): number {
  const [x, y] = [cell % size, Math.floor(cell / size)];
  const rows = (Math.floor(piece / size) - y) / size;
  const columns = ((piece % size) - x) / size;
  let sum = HEIGHT_COST * rows * rows + SIDEWAYS_COST * columns * columns;
  let count = 0;
  for (let dy = -RADIUS; dy <= RADIUS; dy++) {
    if (y + dy < 0 || y + dy >= size) continue;
    for (let dx = -RADIUS; dx <= RADIUS; dx++) {
      const at = cell + dy * size + dx;
      if (x + dx < 0 || x + dx >= size || !filled[at]) continue;
      const from = 3 * (piece + dy * size + dx);
      for (let c = 0; c < 3; c++) sum += (colours[3 * at + c] - colours[from + c]) ** 2;
      count++;
    }
    if (sum > limit) return sum;
  }
  // Where little is known little can be wrong.
  return sum * ((2 * RADIUS + 1) ** 2 / Math.max(1, count));
}

function take(level: Level, cell: number, piece: number): void {
  level.source[cell] = piece;
  level.colours.copyWithin(3 * cell, 3 * piece, 3 * piece + 3);
  level.filled[cell] = 1;
}

/** Ring by ring, each cell by the piece that fits best of all. */
function fillInwards(level: Level): void {
  const { size, filled, pieces } = level;
  let left = level.holes;
  while (left.length > 0) {
    const isNext = (i: number) =>
      (i % size > 0 && filled[i - 1]) ||
      (i % size < size - 1 && filled[i + 1]) ||
      (i >= size && filled[i - size]) ||
      (i < size * (size - 1) && filled[i + size]);
    const ring = left.filter(isNext);
    for (const cell of ring) {
      let [best, least] = [pieces[0], Number.POSITIVE_INFINITY];
      for (const piece of pieces) {
        const cost = misfit(level, cell, piece, least);
        if (cost < least) [best, least] = [piece, cost];
      }
      take(level, cell, best);
    }
    left = left.filter((i) => !filled[i]);
  }
}

/** Begins with the choices of the coarser level, then tries what neighbours chose, and others at random. */
function refine(coarser: Level, level: Level): void {
  const { size, holes, isPiece, pieces, source } = level;
  // The same ones for every portrait: a rig depends on its portrait alone.
  const random = congruentialNumbers(1);
  for (const cell of holes) {
    const [x, y] = [cell % size, Math.floor(cell / size)];
    const parent = (y >> 1) * coarser.size + (x >> 1);
    // The hole is wider on the coarser level, never narrower.
    const from = coarser.source[parent];
    const piece =
      (2 * Math.floor(from / coarser.size) + (y & 1)) * size + 2 * (from % coarser.size) + (x & 1);
    take(level, cell, isPiece[piece] ? piece : pieces[Math.floor(random() * pieces.length)]);
  }
  for (let pass = 0; pass < PASSES; pass++) {
    const order = pass % 2 === 0 ? holes : holes.toReversed();
    const back = pass % 2 === 0 ? 1 : -1;
    for (const cell of order) {
      let best = source[cell];
      let least = misfit(level, cell, best, Number.POSITIVE_INFINITY);
      const attempt = (piece: number) => {
        if (!isPiece[piece] || piece === best) return;
        const cost = misfit(level, cell, piece, least);
        if (cost < least) [best, least] = [piece, cost];
      };
      for (const step of [back, back * size]) {
        const neighbour = cell - step;
        if (source[neighbour]) attempt(source[neighbour] + step);
      }
      for (let reach = size / 2; reach >= 1; reach /= 2) {
        const x = clamp(Math.round((best % size) + reach * (2 * random() - 1)), 0, size - 1);
        const y = clamp(Math.round(Math.floor(best / size) + reach * (2 * random() - 1)), 0, size - 1);
        attempt(y * size + x);
      }
      take(level, cell, best);
    }
  }
}

/** Each pixel from where the cells around it are taken from, blended between them. */
function copyPieces(yuv: readonly Plane[], seen: Plane, size: number, level: Level): Plane[] {
  const factor = size / level.size;
  const result = yuv.map((plane) => plane.slice());
  const isHole = new Uint8Array(level.filled.length);
  for (const cell of level.holes) isHole[cell] = 1;
  const [luma, u, v] = yuv;
  for (let i = 0; i < seen.length; i++) {
    if (seen[i] === 1) continue;
    const x = i % size;
    const y = (i - x) / size;
    const gx = clamp((x + 0.5) / factor - 0.5, 0, level.size - 1.001);
    const gy = clamp((y + 0.5) / factor - 0.5, 0, level.size - 1.001);
    const left = Math.floor(gx);
    const top = Math.floor(gy);
    const fx = gx - left;
    const fy = gy - top;
    let sumLuma = 0;
    let sumU = 0;
    let sumV = 0;
    let weights = 0;
    for (let k = 0; k < 4; k++) {
      const cx = left + (k & 1);
      const cy = top + (k >> 1);
      const cell = cy * level.size + cx;
      if (!isHole[cell]) continue;
      const weight = 1e-3 + (k & 1 ? fx : 1 - fx) * (k >> 1 ? fy : 1 - fy);
      const piece = level.source[cell];
      const fromX = clamp(x + factor * ((piece % level.size) - cx), 0, size - 1);
      const fromY = clamp(y + factor * (Math.floor(piece / level.size) - cy), 0, size - 1);
      const from = fromY * size + fromX;
      sumLuma += weight * luma[from];
      sumU += weight * u[from];
      sumV += weight * v[from];
      weights += weight;
    }
    if (weights === 0) continue;
    result[0][i] = sumLuma / weights;
    result[1][i] = sumU / weights;
    result[2][i] = sumV / weights;
  }
  return result;
}
