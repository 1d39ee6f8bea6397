/**
 * The person as pictures are drawn from it: the portrait's, scaled for a framing, and beyond its sides what goes on there,
 * as far as the framing and the head's moves show it.
 */
import { above, boxBlur, halve, type Plane, toBytes } from '../../../image/planes.ts';
import { resampleSquare } from '../../../image/resample.ts';
import { samplePlane } from '../../../image/sample.ts';
import type { InPieces } from '../../../in-pieces.ts';
import type { Framing } from '../head/framing.ts';
import type { Rig } from '../rig.ts';
import { BodyBeyondSides } from './body-beyond-sides.ts';

/** Planes premultiplied by the matte, colour 0..255 and matte 0..1; chroma at half size. */
export interface PersonTexture {
  /** Texels of luma; all even. */
  readonly width: number;
  /** Texels of luma to a view fraction of 1, too: a portrait is as high as its texture. */
  readonly height: number;
  /** So many of them lie to the left of the portrait. */
  readonly before: number;
  /** Whether nobody is beyond its left and its right side: where the framing shows what is beyond the portrait's. */
  readonly ends: readonly [left: boolean, right: boolean];
  readonly luma: Plane;
  readonly matte: Plane;
  readonly u: Plane;
  readonly v: Plane;
  readonly matteHalf: Plane;
  /** 1 for each texel of chroma in which something is seen. */
  readonly presence: Uint8Array;
}

/** Matte values below this show nothing. */
const PRESENT = 0.004;
/**
 * Chroma without colour. Filters see chroma from here on: the matte in half size is another one than that of a filtered
 * half, and what they differ by, times this, would show as green and purple seams around everybody.
 */
const GREY = 128;
/** Above so many pixels to a view, which no portrait has, its own texels are enlarged as pictures are drawn. */
const LARGEST_OWN_TEXTURE = 1080;

export function* personTexture(rig: Rig, framing: Framing): InPieces<PersonTexture> {
  const { size, person } = rig;
  const height = texelsPerView(rig, framing);
  const half = height / 2;
  const ownMatte = unit(rig.matte);
  const matte = resampleSquare(ownMatte, size, height, 1);
  const matteHalf = halve(matte, height);
  yield;
  const luma = resampleSquare(premultiplied(person.y, ownMatte), size, height, 255);
  yield;
  const ownMatteHalf = halve(ownMatte, size);
  const [u, v] = [person.u, person.v].map((plane) => {
    const colour = resampleSquare(premultiplied(plane, ownMatteHalf, GREY), size / 2, half, GREY, -GREY);
    for (let i = 0; i < colour.length; i++) colour[i] += GREY * matteHalf[i];
    return colour;
  });
  yield;
  const square = { luma, matte, u, v, matteHalf };
  const ends = [framing.left < 0, framing.right > 1] as const;
  const body = ends.includes(true) ? new BodyBeyondSides(rig, matte, height) : undefined;
  const [before, after] = ends.map((shown, side) =>
    body && shown ? 2 * Math.ceil(body.reach(side) * half) : 0,
  );
  const width = before + height + after;
  const planes = body && width > height ? widened(body, square, { height, before, width }) : square;
  yield;
  // One texel wider than the matte, for the filters that look at neighbours.
  const seen = above(boxBlur(planes.matteHalf, width / 2, half, 1), PRESENT);
  return { width, height, before, ends, ...planes, presence: toBytes(seen) };
}

function unit(bytes: Uint8Array): Plane {
  const plane = new Float32Array(bytes.length);
  for (let i = 0; i < plane.length; i++) plane[i] = bytes[i] / 255;
  return plane;
}

/** What is seen of a colour is what filters may mix. `zero`: what is 0 in the result. */
function premultiplied(colour: Uint8Array, matte: Plane, zero = 0): Plane {
  const plane = new Float32Array(colour.length);
  for (let i = 0; i < plane.length; i++) plane[i] = (colour[i] - zero) * matte[i];
  return plane;
}

/** As many as pixels, so that a head at rest is not filtered again. */
function texelsPerView({ size }: Rig, { pixelsPerView }: Framing): number {
  return pixelsPerView <= LARGEST_OWN_TEXTURE ? pixelsPerView : size;
}

function widened<Planes extends Record<string, Plane>>(
  body: BodyBeyondSides,
  square: Planes,
  { height, before, width }: Pick<PersonTexture, 'height' | 'before' | 'width'>,
): Planes {
  const widen = (plane: Plane): Plane => {
    const side = Math.sqrt(plane.length);
    const [columns, first] = [(width * side) / height, (before * side) / height];
    const wide = new Float32Array(columns * side);
    for (let y = 0; y < side; y++) {
      wide.set(plane.subarray(y * side, (y + 1) * side), y * columns + first);
      for (let x = 0; x < columns; x++) {
        if (x === first) x += side;
        if (x >= columns || !body.locate((x + 0.5 - first) / side, (y + 0.5) / side)) continue;
        wide[y * columns + x] = samplePlane(plane, side, body.x, body.y);
      }
    }
    return wide;
  };
  return Object.fromEntries(Object.entries(square).map(([name, plane]) => [name, widen(plane)])) as Planes;
}
