/**
 * Skin on a shutting upper lid: on the part that an open eye folds away, and around the corners, where the lashes
 * and the fold of the open lid lie higher than those of a shut one.
 */
import { clamp, smoothstep } from '../../../image/planes.ts';
import type { Opening } from '../head/opening.ts';

/** How far beyond the corners a shut lid is painted, in eye widths: lashes reach beyond where the mesh ends. */
export const BEYOND_CORNER = { outer: 0.24, inner: 0.1 };
/** In eye widths: so far into the eye the corners reach. */
const CORNER_WIDTH = 0.35;
/**
 * How much of a closing lid is painted: warped skin alone shows what it was stretched from, and smears a drawing's lines.
 */
const PAINTED = { photographed: 0.9, drawn: 1 } as const;
/** Where the paint begins and where it covers on a shut lid, in heights of the opening below the open lid. */
const FADE = { photographed: [-0.5, 0.3], drawn: [-0.42, -0.34] } as const;
/** From this closure on. On lids that have only begun to shut, or are nearly open again, it begins so much lower. */
const FADES_FROM = 0.6;
const FADE_AT_CORNER = [-1, -0.3] as const;
/** Beyond the corners the paint's lower edge is so soft, in eye widths. */
const SOFT_EDGE = 0.05;

export class LidPaint {
  /** Pixels from the open lid's edge down to the lower lid. */
  readonly height: number;
  readonly #open: Opening;
  readonly #strength: number;
  /** How much the corners are painted, 0..1. */
  readonly #atCorner: number;
  readonly #endsWidth: number;
  readonly #fade: readonly [number, number];

  /** `open`: the lids as in the portrait, on the head as it is turned. */
  constructor(drawn: boolean, open: Opening, closure: number) {
    this.#open = open;
    this.height = this.#open.gap;
    const kind = drawn ? 'drawn' : 'photographed';
    this.#strength = PAINTED[kind] * smoothstep(0.05, 0.3, closure);
    // A drawing's lash line and crease, which the lid carries down, lie above the open lid.
    this.#atCorner = drawn ? 0 : smoothstep(0.2, 0.8, closure);
    this.#endsWidth = drawn ? 0.02 : 0.05;
    const [begins, covers] = FADE[kind];
    this.#fade = drawn ? FADE.drawn : [begins * Math.min(1, closure / FADES_FROM), covers];
  }

  /** `edge`: pixels below the lid's present edge (negative: on the lid), `feather` of them soft; `opaque`: least strength, 0..1. */
  strength(x: number, y: number, edge: number, feather: number, opaque: number): number {
    const open = this.#open;
    if (!open.locate(x, y)) return 0;
    const fromOuter = open.firstIsLeft ? open.along : 1 - open.along;
    const nearest = Math.min(fromOuter, 1 - fromOuter);
    const soft = feather + this.#atCorner * SOFT_EDGE * open.width * (1 - smoothstep(-0.1, 0, nearest));
    if (edge > 0.5 * soft) return 0;
    const corner = this.#atCorner * (1 - smoothstep(0, CORNER_WIDTH, nearest));
    const begins = this.#fadeAt(0, corner);
    if (open.belowUpper < begins) return 0;
    const full = (1 - 0.8 * opaque) * this.#endsWidth;
    return (
      Math.max(this.#strength, opaque, corner) *
      smoothstep(-this.#atCorner * BEYOND_CORNER.outer, full, fromOuter) *
      smoothstep(-this.#atCorner * BEYOND_CORNER.inner, full, 1 - fromOuter) *
      smoothstep(begins, this.#fadeAt(1, corner), open.belowUpper) *
      clamp(0.5 - edge / soft, 0, 1)
    );
  }

  /** Where the paint begins and where it covers, in pixels below the open lid. `corner`: how near one is, 0..1. */
  #fadeAt(i: 0 | 1, corner: number): number {
    return this.height * (this.#fade[i] + corner * (FADE_AT_CORNER[i] - this.#fade[i]));
  }
}
