/**
 * What hangs together with nothing of the person is no part of it: leaves, lamps, letters on a wall. And what hangs
 * together with nothing of the scene is no hole in the person: a collar as bright as the wall.
 */
import { boxBlur, halve, type Plane } from '../../../../image/planes.ts';

/** So much of the person joins a place with the next (means over two by two pixels). */
const JOINS = 0.35;
/** Soft edges reach so far, in shares of the view, from what is joined. */
const SOFT_EDGE = 1 / 80;
/** Shares of the person that are surely scene, and that are more scene than person. */
const SURELY_SCENE = 0.03;
const RATHER_SCENE = 0.5;
/** A hole that was found to be less of the person on average may be seen through; one of so little of the view is none. */
const PERHAPS_PERSON = 0.3;
const SMALL = 1 / 400;
const PERHAPS_PERSON_SMALL = 0.12;
/** Rims of holes reach so far, in shares of the view. */
const RIM = 1 / 80;
/** What has more of the person is all of it. */
const SOLID = 0.97;

/** Clears, in place, all of a matte (0..1, square) that is not joined to the largest part of it. */
export function dropIslands(matte: Plane, size: number): void {
  const half = size / 2;
  const main = largestPart(halve(matte, size), half);
  const near = boxBlur(main, half, half, Math.max(1, Math.round(SOFT_EDGE * half)));
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) if (near[(y >> 1) * half + (x >> 1)] < 1e-4) matte[i] = 0;
  }
}

/** Closes, in place, the holes of a matte that may be the person by what was found, and are joined to no sure scene. */
export function fillHoles(matte: Plane, found: Plane, size: number): void {
  const half = size / 2;
  const coarse = halve(matte, size);
  const before = halve(found, size);
  const isRatherScene = (cell: number) => coarse[cell] < RATHER_SCENE;
  const flood = new Flood(half, isRatherScene);
  for (let cell = 0; cell < before.length; cell++) if (before[cell] < SURELY_SCENE) flood.from(cell);
  const holes = new Float32Array(coarse.length);
  for (let start = 0; start < coarse.length; start++) {
    const part = flood.from(start);
    const found = part.reduce((sum, cell) => sum + before[cell], 0);
    const enough = part.length < SMALL * coarse.length ? PERHAPS_PERSON_SMALL : PERHAPS_PERSON;
    if (found >= enough * part.length) for (const cell of part) holes[cell] = 1;
  }
  const around = boxBlur(holes, half, half, Math.max(1, Math.round(RIM * half)));
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) {
      const cell = (y >> 1) * half + (x >> 1);
      const isRim = around[cell] > 1e-4 && !isRatherScene(cell);
      if (holes[cell] || isRim) matte[i] = 1;
    }
  }
  fillFaintHoles(matte, before, size);
}

/** Closes what is little and a little transparent, and joined to no scene: shadows and buttons on a shirt. */
function fillFaintHoles(matte: Plane, before: Plane, size: number): void {
  const half = size / 2;
  const coarse = halve(matte, size);
  const flood = new Flood(half, (cell) => coarse[cell] < SOLID);
  for (let cell = 0; cell < coarse.length; cell++) {
    if (before[cell] < SURELY_SCENE || coarse[cell] < RATHER_SCENE) flood.from(cell);
  }
  const faint = new Uint8Array(coarse.length);
  for (let start = 0; start < coarse.length; start++) {
    const part = flood.from(start);
    if (part.length < SMALL * coarse.length) for (const cell of part) faint[cell] = 1;
  }
  for (let i = 0; i < matte.length; i++) {
    const [x, y] = [i % size, Math.floor(i / size)];
    if (faint[(y >> 1) * half + (x >> 1)]) matte[i] = 1;
  }
}

/** 1 in the largest part of a square plane that is joined by sides and corners. */
function largestPart(matte: Plane, size: number): Plane {
  const flood = new Flood(size, (cell) => matte[cell] >= JOINS);
  let largest = new Int32Array();
  for (let start = 0; start < matte.length; start++) {
    const part = flood.from(start);
    if (part.length > largest.length) largest = part;
  }
  const main = new Float32Array(matte.length);
  for (const cell of largest) main[cell] = 1;
  return main;
}

/** Goes by sides and corners over the cells of a square that are open, over each once. */
class Flood {
  readonly reached: Uint8Array;
  readonly #cells: Int32Array<ArrayBuffer>;
  readonly #size: number;
  readonly #isOpen: (cell: number) => boolean;
  #count = 0;

  constructor(size: number, isOpen: (cell: number) => boolean) {
    this.reached = new Uint8Array(size * size);
    this.#cells = new Int32Array(size * size);
    this.#size = size;
    this.#isOpen = isOpen;
  }

  /** The cells that are reached from `start` and were not before. */
  from(start: number): Int32Array<ArrayBuffer> {
    const size = this.#size;
    const first = this.#count;
    this.#visit(start);
    for (let next = first; next < this.#count; next++) {
      const [x, y] = [this.#cells[next] % size, Math.floor(this.#cells[next] / size)];
      for (let row = Math.max(0, y - 1); row <= Math.min(size - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(size - 1, x + 1); column++) {
          this.#visit(row * size + column);
        }
      }
    }
    return this.#cells.subarray(first, this.#count);
  }

  #visit(cell: number): void {
    if (this.reached[cell] || !this.#isOpen(cell)) return;
    this.reached[cell] = 1;
    this.#cells[this.#count++] = cell;
  }
}
