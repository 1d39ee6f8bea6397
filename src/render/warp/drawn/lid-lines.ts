/** How the lid lines of a drawn eye lie for what the face does. */
import { clamp, smoothstep } from '../../../image/planes.ts';
import type { EyeLines } from './drawing.ts';

/** Lids that are shut meet so far down, in shares of the opening's height at each place. */
const MEETS = 0.86;
/** The line in which they meet is flatter than the lower lid by this share. */
const FLATTER = 0.5;
/** And of the tallest: shut happily (⌒) the arch's top and its ends are so far below the lid's highest place. */
const HAPPY_TOP = 0.34;
const HAPPY_ENDS = 0.66;
/** Eyes open wider by so much of the opening's height. */
const WIDER = 0.12;
/** A line that was drawn steeper is this many times as thick upright at most. */
const MOST_STEEP = 3.5;
/** Of the opening's height at the tallest place: a slit under this is none. */
const SLIT = 0.06;

export interface LidState {
  /** −1 wide open, 0 as drawn, 1 shut. */
  closure: number;
  /** How happily it shuts, 0..1. */
  happy: number;
}

export class LidLines {
  /** For each texel along: the lid's edge now, and how many texels of the drawn line one of its has there, across. */
  readonly edge: Float32Array;
  readonly stretch: Float32Array;
  /** Of the opening as drawn, at its tallest. */
  readonly height: number;
  /** Whether nothing of the eye is left to see. */
  shut = false;
  readonly #lines: EyeLines;
  readonly #shut: Float32Array;
  readonly #arch: Float32Array;
  readonly #steepness: Float32Array;
  #last: LidState = { closure: Number.NaN, happy: 0 };

  constructor(lines: EyeLines) {
    this.#lines = lines;
    const { upper, lower, left, right } = lines;
    const count = upper.length;
    this.edge = new Float32Array(count);
    this.stretch = new Float32Array(count);
    this.#shut = new Float32Array(count);
    this.#arch = new Float32Array(count);
    this.height = Math.max(1, ...upper.map((height, i) => lower[i] - height));
    const top = Math.min(...upper);
    for (let i = 0; i < count; i++) {
      const within = clamp((i - left) / Math.max(1, right - left), 0, 1);
      const bow = 1 - (2 * within - 1) ** 2;
      this.#shut[i] = upper[i] + MEETS * (lower[i] - upper[i]);
      this.#arch[i] = top + this.height * (HAPPY_ENDS + bow * (HAPPY_TOP - HAPPY_ENDS));
    }
    const lowest = Math.max(...this.#shut);
    this.#shut.forEach((value, i) => {
      this.#shut[i] = value + FLATTER * (lowest - value);
    });
    this.#steepness = steepness(Float32Array.from(upper));
  }

  /** Fills `edge` and `stretch`. */
  set({ closure, happy }: LidState): void {
    if (closure === this.#last.closure && happy === this.#last.happy) return;
    this.#last = { closure, happy };
    const { upper, lower } = this.#lines;
    const down = Math.max(0, closure);
    const up = WIDER * Math.max(0, -closure);
    let gap = 0;
    for (let i = 0; i < upper.length; i++) {
      const meets = this.#shut[i] + happy * (this.#arch[i] - this.#shut[i]);
      this.edge[i] = upper[i] + down * (meets - upper[i]) - up * (lower[i] - upper[i]);
      gap = Math.max(gap, lower[i] - this.edge[i]);
    }
    this.shut = closure > 0.97 || gap < SLIT * this.height;
    const now = steepness(this.edge);
    for (let i = 0; i < upper.length; i++) {
      this.stretch[i] = clamp(this.#steepness[i] / now[i], 1 / MOST_STEEP, MOST_STEEP);
    }
  }
}

/** How much longer a line is upright than across it, at each place of it. */
function steepness(heights: Float32Array): Float32Array {
  const reach = 2;
  return heights.map((_, i) => {
    const [a, b] = [Math.max(0, i - reach), Math.min(heights.length - 1, i + reach)];
    return Math.hypot(1, (heights[b] - heights[a]) / (b - a));
  });
}

/** How far a smile shuts eyes into arches. */
export function happiness(smile: number, squint: number): number {
  return smoothstep(0.3, 0.55, 0.5 * smile + 0.5 * squint);
}
