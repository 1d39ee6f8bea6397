/**
 * Frames around a person: margins of a page, bars beside a film, cards with round corners, circles, rings and shadows
 * about them. They are no part of the scene, and would bend with the head.
 */
import sharp from 'sharp';
import type { RgbPicture } from '../contract/rgb-picture.ts';
import {
  edgeOf,
  evenly,
  fitShape,
  inset,
  type Outside,
  type Shape,
  type Side,
  shapeIn,
  withCorners,
} from './frame-shape.ts';

/** Frames are looked for in so many pixels on the longer side. */
const SIDE = 320;
/** Levels that a margin's colour varies by; of one that is shaded, from pixel to pixel, and in all. */
const TOLERANCE = 14;
const SHADED = { step: 3, most: 60 } as const;
/** So much of a side is of its margin's colour. */
const PLAIN = 0.8;
/** Rings and shadows end within this share of the shorter side, at a step of so many levels all around. */
const DEEPEST_RING = 0.12;
const RING_STEP = 14;
const ALL_AROUND = 0.8;
/** Pictures with details have steps everywhere: where a ring ends, so much less lacks one than usual. */
const LACKING = 0.4;
/** Corners that take so much of the width leave a circle or so, whose sides are one. */
const ROUND = 0.35;
/** Nearer to the edge than this are traces of it. */
const RIM = 2;

const SIDES: readonly Side[] = ['left', 'top', 'right', 'bottom'];
/** Where margins may be, and whether they are shaded: beside bars the scene may be as plain as they are. */
const GUESSES: readonly { margins: readonly Side[]; shaded: boolean }[] = [
  { margins: SIDES, shaded: false },
  { margins: ['top', 'bottom'], shaded: false },
  { margins: ['left', 'right'], shaded: false },
  { margins: SIDES, shaded: true },
];
type Rgb = readonly [number, number, number];

/** The inside of the frame about a place of a picture, in its pixels; undefined where there is no frame. */
export async function findFrame(
  picture: RgbPicture,
  at: readonly [x: number, y: number],
): Promise<Shape | undefined> {
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const small = await reduced(picture, scale);
  const place = [at[0] * scale, at[1] * scale] as const;
  const sides = plainSides(small);
  for (const { margins, shaded } of GUESSES) {
    const outside = margin(
      small,
      sides.filter(({ side }) => margins.includes(side)),
      shaded,
    );
    const shape = outside && fitShape(outside, place);
    if (!shape) continue;
    const inner = withoutRim(withoutRings(small, shape), framedSides(shape, small));
    const shown = shapeIn(inner, { left: 0, top: 0, ...small }, 1 / scale);
    // The reduced picture's sides are rounded to whole pixels.
    return {
      ...shown,
      right: Math.min(picture.width, shown.right),
      bottom: Math.min(picture.height, shown.bottom),
    };
  }
  return undefined;
}

/** Others are those that the picture itself ends at. */
function framedSides(shape: Shape, { width, height }: RgbPicture): Side[] {
  const points = edgeOf(shape);
  return SIDES.filter((side) => {
    const own = points.filter((point) => point.side === side);
    const within = own.filter(({ x, y }) => Math.min(x, width - x, y, height - y) > 1);
    return within.length > own.length / 2;
  });
}

function withoutRim(shape: Shape, framed: readonly Side[]): Shape {
  const rim = evenly(0);
  for (const side of framed) rim[side] = RIM;
  return inset(shape, rim);
}

async function reduced(picture: RgbPicture, scale: number): Promise<RgbPicture> {
  if (scale === 1) return picture;
  const [width, height] = [picture.width, picture.height].map((side) =>
    Math.max(1, Math.round(scale * side)),
  );
  const image = sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 3 } });
  const data = await image.resize(width, height, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
  return { width, height, data };
}

/** What hangs together with sides of a picture and has their colour; undefined where no two of them are opposite. */
function margin(
  { width, height, data }: RgbPicture,
  sides: readonly PlainSide[],
  shaded: boolean,
): Outside | undefined {
  const isThere = (wanted: Side) => sides.some(({ side }) => side === wanted);
  if (!(isThere('left') && isThere('right')) && !(isThere('top') && isThere('bottom'))) return undefined;
  /** 1 and more: outside, and of the colour of which side. */
  const mask = new Uint8Array(width * height);
  const open: number[] = [];
  const take = (pixel: number, side: number, from: number) => {
    if (mask[pixel]) return;
    const { colour } = sides[side];
    const off = difference(data, pixel, colour);
    const isShade = () => off <= SHADED.most && difference(data, pixel, colourAt(data, from)) <= SHADED.step;
    if (off > TOLERANCE && !(shaded && isShade())) return;
    mask[pixel] = side + 1;
    open.push(pixel);
  };
  sides.forEach(({ pixels }, side) => {
    for (const pixel of pixels) take(pixel, side, pixel);
  });
  for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
    const [column, side] = [pixel % width, mask[pixel] - 1];
    if (column > 0) take(pixel - 1, side, pixel);
    if (column < width - 1) take(pixel + 1, side, pixel);
    if (pixel >= width) take(pixel - width, side, pixel);
    if (pixel < mask.length - width) take(pixel + width, side, pixel);
  }
  return { mask, width, height };
}

interface PlainSide {
  side: Side;
  pixels: readonly number[];
  colour: Rgb;
}

function plainSides({ width, height, data }: RgbPicture): PlainSide[] {
  const column = (x: number) => Array.from({ length: height }, (_, y) => y * width + x);
  const row = (y: number) => Array.from({ length: width }, (_, x) => y * width + x);
  const pixels = { left: column(0), top: row(0), right: column(width - 1), bottom: row(height - 1) };
  return SIDES.flatMap((side) => {
    const colour = plainColour(data, pixels[side]);
    return colour ? [{ side, pixels: pixels[side], colour }] : [];
  });
}

function plainColour(data: Uint8Array, pixels: readonly number[]): Rgb | undefined {
  const median = (channel: number) =>
    pixels.map((pixel) => data[3 * pixel + channel]).sort((a, b) => a - b)[pixels.length >> 1];
  const colour = [median(0), median(1), median(2)] as const;
  const plain = pixels.filter((pixel) => difference(data, pixel, colour) <= TOLERANCE);
  return plain.length >= PLAIN * pixels.length ? colour : undefined;
}

const colourAt = (data: Uint8Array, pixel: number): Rgb => [
  data[3 * pixel],
  data[3 * pixel + 1],
  data[3 * pixel + 2],
];

/** Of the channel that differs most, levels. */
function difference(data: Uint8Array, pixel: number, [red, green, blue]: Rgb): number {
  return Math.max(
    Math.abs(data[3 * pixel] - red),
    Math.abs(data[3 * pixel + 1] - green),
    Math.abs(data[3 * pixel + 2] - blue),
  );
}

function isRound({ left, right, cornerX }: Shape): boolean {
  return cornerX > ROUND * (right - left);
}

/** A shape without what runs all around within it: a ring, a shadow, a second margin. */
function withoutRings(picture: RgbPicture, shape: Shape): Shape {
  const framed = framedSides(shape, picture);
  const deepest = Math.floor(DEEPEST_RING * Math.min(shape.right - shape.left, shape.bottom - shape.top));
  const steps = Array.from({ length: Math.max(0, deepest - RIM) }, (_, i) =>
    stepShares(picture, inset(shape, evenly(RIM + 1 + i))),
  );
  const depths = evenly(0);
  for (const side of framed) {
    const shares = steps.map((step) => step[side]);
    const usual = shares.toSorted((a, b) => a - b)[shares.length >> 1];
    const isRing = (share: number) => share >= ALL_AROUND && 1 - share <= LACKING * (1 - usual);
    const last = shares.findLastIndex(isRing);
    if (last >= 0) depths[side] = RIM + 1 + last;
  }
  const ringed = framed.filter((side) => depths[side] > 0);
  // Along one side there may be a wall or a door as well; white on white has no edge.
  if (ringed.length < (isRound(shape) ? framed.length : Math.max(2, framed.length / 2))) return shape;
  const inner = inset(shape, depths);
  let [best, most] = [inner, 0];
  for (const candidate of withCorners(inner)) {
    const shares = stepShares(picture, candidate);
    const support = ringed.reduce((sum, side) => sum + shares[side], 0);
    if (support > most) [best, most] = [candidate, support];
  }
  // Corners of shadows are soft: rather too much of them is filled.
  return best.cornerX > inner.cornerX ? best : inner;
}

/** By sides, the share of a shape's edge at which the picture has a step. */
function stepShares({ data, width, height }: RgbPicture, shape: Shape): Record<Side, number> {
  const steps = evenly(0);
  const counts = evenly(0);
  const pixelAt = (x: number, y: number) =>
    Math.min(height - 1, Math.max(0, Math.floor(y))) * width +
    Math.min(width - 1, Math.max(0, Math.floor(x)));
  for (const { x, y, outX, outY, side } of edgeOf(shape)) {
    counts[side]++;
    const outer = colourAt(data, pixelAt(x + 1.5 * outX, y + 1.5 * outY));
    if (difference(data, pixelAt(x - 1.5 * outX, y - 1.5 * outY), outer) > RING_STEP) steps[side]++;
  }
  for (const side of SIDES) steps[side] /= Math.max(1, counts[side]);
  return steps;
}
