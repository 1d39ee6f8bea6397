/** The lash line of a shutting upper lid, and the band of eyeliner that it wears. */
import { clamp, smoothstep } from '../../../image/planes.ts';
import type { Opening } from '../head/opening.ts';
import { layOver, type Yuva } from '../pixels/sprite.ts';
import type { EyeRig } from '../rig.ts';

/** How dark the band of lashes and eyeliner is on a shutting lid: lids are never as dark all over as where they are darkest. */
const LASH_BAND = 0.9;
/** Half the line's thickness in eye widths. */
const THICKNESS = { photographed: 0.035, drawn: 0.045 };
/** Lashes hang down: of that above the lid's edge and below. */
const HANGING = { above: 0.8, below: 1 };
/** Where the line begins and where it is full, in eye widths from the outer corner and from the inner one, which has few lashes. */
const OUTER_END = [-0.12, 0.08] as const;
const INNER_END = [0, 0.3] as const;
const DRAWN_END = [0, 0.03] as const;

export class LashLine {
  readonly #colour: readonly number[];
  readonly #opening: Opening;
  readonly #drawn: boolean;
  readonly #above: number;
  readonly #below: number;
  readonly #strength: number;
  readonly #band: readonly number[];
  readonly #bandStrength: number;

  /** `opening`: between the lids as they are; of the portrait, whether it is a drawing, and its blur, 0..1. */
  constructor(
    eye: Pick<EyeRig, 'lash' | 'lashBand'>,
    opening: Opening,
    closure: number,
    { drawn, blur }: { drawn: boolean; blur: number },
  ) {
    this.#colour = eye.lash;
    this.#opening = opening;
    // A drawing has one bold lash line from corner to corner; a person's shows as the lids meet.
    this.#drawn = drawn;
    const [share, strength] = drawn
      ? [THICKNESS.drawn, smoothstep(0.05, 0.25, closure)]
      : [THICKNESS.photographed * (1 + blur), 0.6 * (1 - 0.35 * blur) * smoothstep(0.15, 0.8, closure)];
    const thickness = Math.max(0.7, share * opening.width);
    this.#above = drawn ? thickness : HANGING.above * thickness;
    this.#below = drawn ? thickness : HANGING.below * thickness;
    this.#strength = strength;
    this.#band = eye.lashBand ?? [];
    this.#bandStrength = eye.lashBand ? LASH_BAND * (1 - blur) * smoothstep(0.05, 0.3, closure) : 0;
  }

  /** Pixels that the line reaches below the lid's edge. */
  get reach(): number {
    return 2 * this.#below;
  }

  /** Draws the place that `opening` has located, `edge` pixels below the lid's edge (negative: on the lid), `feather` of them soft. */
  draw(edge: number, feather: number, out: Yuva): void {
    const { along, width, firstIsLeft } = this.#opening;
    const fromOuter = firstIsLeft ? along : 1 - along;
    if (this.#bandStrength > 0 && edge < feather) {
      const band = width * this.#bandHeight(along);
      const covered = smoothstep(-band - feather, -band + feather, edge) * clamp(0.5 - edge / feather, 0, 1);
      if (band > 0) {
        layOver(
          this.#colour,
          this.#bandStrength * smoothstep(OUTER_END[0], OUTER_END[1], fromOuter) * covered,
          out,
        );
      }
    }
    const thickness = edge < 0 ? this.#above : this.#below;
    if (this.#strength > 0 && Math.abs(edge) < 3 * thickness) {
      const ends = this.#drawn
        ? smoothstep(DRAWN_END[0], DRAWN_END[1], Math.min(fromOuter, 1 - fromOuter))
        : smoothstep(OUTER_END[0], OUTER_END[1], fromOuter) *
          smoothstep(INNER_END[0], INNER_END[1], 1 - fromOuter);
      layOver(this.#colour, this.#strength * ends * Math.exp(-((edge / thickness) ** 2)), out);
    }
  }

  /** Of the band in eye widths at a place between the corners. */
  #bandHeight(along: number): number {
    const at = clamp(along, 0, 1) * (this.#band.length - 1);
    const i = Math.min(this.#band.length - 2, Math.floor(at));
    return this.#band[i] + (at - i) * (this.#band[i + 1] - this.#band[i]);
  }
}
