/** Draws a mouth in a drawing's own manner: one line, flat colours, at most one strip of teeth. */
import type { I420 } from '../../../image/i420.ts';
import { clamp } from '../../../image/planes.ts';
import { type Bounds, drawOverlay } from '../pixels/overlay.ts';
import { layOver, type Sprite, type Yuva } from '../pixels/sprite.ts';
import type { DrawnMouthRig } from './drawing.ts';
import { type MouthShape, mouthShape } from './mouth-shape.ts';
import { boundsOfBox, boxOf, type PatchPlaces, toSprite } from './patch-places.ts';

/** Lines taper towards the corners to this share. */
const TAPERED = 0.55;
/** The tongue lies in the lower part: its height and width in those of the opening. */
const TONGUE = { height: 0.5, raised: 0.25, width: 0.72 } as const;
/** Teeth are a strip at the upper edge, of openings at least so high (half widths). */
const TEETH = { height: 0.3, least: 0.3 } as const;
/** Lips keep so much of their height when a mouth opens, and go so far beside its corners. */
const LIPS_OPEN = 0.8;

export interface DrawnMouthLayers {
  rig: DrawnMouthRig;
  skin: Sprite;
  /** What is erased, in texels. */
  box: Bounds;
}

export function prepareDrawnMouth(rig: DrawnMouthRig): DrawnMouthLayers {
  const erased = rig.skin.filter((_, i) => i % 4 === 3);
  return { rig, skin: toSprite(rig.skin, rig.size), box: boxOf(erased, rig.size) };
}

export function drawDrawnMouth(
  picture: I420,
  { rig, skin, box }: DrawnMouthLayers,
  frame: Float32Array,
  places: PatchPlaces,
): void {
  const shape = mouthShape(frame);
  if (shape.own) return;
  const outline = new Outline(rig, shape);
  const colour: Yuva = [0, 0, 0, 0];
  const { lips, teeth } = rig;
  drawOverlay(picture, boundsOfBox(rig, outline.within(box), places), (px, py, out) => {
    out[3] = 0;
    if (!places.locate(px, py)) return;
    const { x, y, soft } = places;
    outline.locate(x, y);
    const within = outline.coverage(soft);
    if (within < 1) {
      skin.sample(x, y, colour);
      if (colour[3] > 0) layOver(colour, colour[3], out);
    }
    if (outline.beyond > 1.6) return;
    if (lips) {
      const lip = outline.lipCoverage(soft, lips);
      if (lip > 0) layOver(lips.colour, lip, out);
    }
    if (within > 0) {
      layOver(rig.inside, within, out);
      const tongue = outline.tongueCoverage(soft);
      if (tongue > 0) layOver(rig.tongue, within * tongue, out);
      const strip = teeth ? outline.teethCoverage(soft) : 0;
      if (teeth && strip > 0) layOver(teeth, within * strip, out);
    }
    const line = outline.lineCoverage(soft);
    if (line > 0) layOver(rig.line, line, out);
  });
}

/** The outline of a mouth of one shape; lengths in texels. */
class Outline {
  /** Filled by `locate`: 0 in the middle, 1 at the corners. */
  beyond = 0;
  readonly #rig: DrawnMouthRig;
  readonly #shape: MouthShape;
  readonly #middle: readonly [number, number];
  readonly #half: number;
  readonly #up: number;
  readonly #down: number;
  readonly #bend: number;
  readonly #power: number;
  readonly #line: number;
  #x = 0;
  #y = 0;
  #top = 0;
  #bottom = 0;
  /** Of the upper and the lower rim. */
  #slopes: [number, number] = [0, 0];

  constructor(rig: DrawnMouthRig, shape: MouthShape) {
    this.#rig = rig;
    this.#shape = shape;
    const usual = rig.usual * rig.half;
    const opened = clamp((shape.up + shape.down) / 0.3, 0, 1);
    const base = rig.half + opened * (usual - rig.half);
    this.#half = base * shape.half;
    this.#up = usual * shape.up;
    this.#down = usual * shape.down;
    const own = rig.open ? 0 : rig.bend * (1 - opened);
    this.#bend = own * rig.half + shape.raised * base;
    // The middle of a line that bends stays between its ends and its deepest place.
    this.#middle = [
      rig.middle[0] + shape.aside * base,
      rig.middle[1] + 0.5 * this.#bend * (rig.open ? 0.2 : 1),
    ];
    this.#power = 2.6 - 0.6 * shape.round;
    this.#line = rig.lineWidth * rig.half;
  }

  locate(x: number, y: number): void {
    const dx = (x - this.#middle[0]) / this.#half;
    this.#x = dx;
    this.beyond = Math.abs(dx);
    const within = Math.min(1, this.beyond);
    const bow = this.#bow(within);
    const line = -this.#bend * within * within;
    this.#y = y - this.#middle[1];
    this.#top = line - this.#up * bow;
    this.#bottom = line + this.#down * bow;
    const ahead = Math.min(1, within + 0.04);
    const behind = Math.max(0, ahead - 0.08);
    const rise = (this.#bow(ahead) - this.#bow(behind)) / ((ahead - behind) * this.#half);
    const bent = (-2 * this.#bend * within) / this.#half;
    this.#slopes = [bent - this.#up * rise, bent + this.#down * rise];
  }

  /** A box that holds `box` and all of the mouth. */
  within(box: Bounds): Bounds {
    const [x, y] = this.#middle;
    const { above = 0, below = 0 } = this.#rig.lips ?? {};
    const bent = Math.abs(this.#bend) + this.#line;
    // Chins go down with all below the mouth.
    return {
      left: Math.min(box.left, x - this.#half - this.#line),
      right: Math.max(box.right, x + this.#half + this.#line),
      top: Math.min(box.top, y - this.#up - bent - above * this.#rig.half),
      bottom: Math.max(box.bottom, y + this.#down + bent + below * this.#rig.half) + 0.3 * this.#half,
    };
  }

  /** Of the opening's height so far from its middle: a superellipse, or with pointed corners. */
  #bow(within: number): number {
    const round = Math.sqrt(Math.max(0, 1 - within ** this.#power));
    const pointed = 1 - within ** 2.4;
    return pointed + this.#shape.round * (round - pointed);
  }

  /** Texels to the upper and the lower rim, positive inside. */
  #below(): number {
    return (this.#y - this.#top) / Math.hypot(1, this.#slopes[0]);
  }

  #above(): number {
    return (this.#bottom - this.#y) / Math.hypot(1, this.#slopes[1]);
  }

  coverage(soft: number): number {
    if (this.beyond >= 1) return 0;
    return clamp(this.#below() / soft + 0.5, 0, 1) * clamp(this.#above() / soft + 0.5, 0, 1);
  }

  lineCoverage(soft: number): number {
    const tapered = this.#line * (TAPERED + (1 - TAPERED) * (1 - Math.min(1, this.beyond) ** 3));
    let away: number;
    if (this.beyond > 1) {
      away = Math.hypot((this.beyond - 1) * this.#half, this.#y + this.#bend);
    } else {
      away = Math.min(Math.abs(this.#below()), Math.abs(this.#above()));
    }
    return clamp((0.5 * tapered - away) / soft + 0.5, 0, 1);
  }

  tongueCoverage(soft: number): number {
    const height = this.#bottom - this.#top;
    const whole = this.#up + this.#down;
    if (whole < 0.25 * this.#half && this.#shape.tongue === 0) return 0;
    const share = TONGUE.height + TONGUE.raised * this.#shape.tongue;
    const across = this.#x / TONGUE.width;
    const top = this.#down - share * whole * Math.sqrt(Math.max(0, 1 - across * across));
    if (Math.abs(across) >= 1 || height <= 0) return 0;
    return clamp((this.#y - top + this.#bend * this.#x * this.#x) / soft + 0.5, 0, 1);
  }

  teethCoverage(soft: number): number {
    const whole = this.#up + this.#down;
    if (whole < TEETH.least * this.#half || this.#shape.round > 0.6) return 0;
    return clamp((this.#top + TEETH.height * whole - this.#y) / soft + 0.5, 0, 1);
  }

  lipCoverage(soft: number, { above, below }: { above: number; below: number }): number {
    if (this.beyond >= 1) return 0;
    const opened = clamp((this.#up + this.#down) / (0.3 * this.#half), 0, 1);
    const full = this.#rig.half * (1 - opened * (1 - LIPS_OPEN)) * (1 - this.beyond ** 2);
    const upper = clamp((this.#y - this.#top + above * full) / soft + 0.5, 0, 1);
    const lower = clamp((this.#bottom + below * full - this.#y) / soft + 0.5, 0, 1);
    return upper * lower;
  }
}
