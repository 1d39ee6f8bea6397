/** The portrait's own upper teeth: part of the skull, they turn with the head and stay where lips and jaw leave them. */
import { LOWER_LIP_MIDDLE, UPPER_LIP_MIDDLE } from '../../../face/topology.ts';
import { clamp, type Plane } from '../../../image/planes.ts';
import { GUM_HEIGHT, type OwnTeeth } from '../analyse/mouth/own-teeth.ts';
import type { HeadPose } from '../head/head-pose.ts';
import { Plate } from '../head/plate.ts';
import { Sprite, type Yuva } from '../pixels/sprite.ts';
import type { Rig } from '../rig.ts';

/** They lie so far behind the lips' edges, centimetres. */
const BEHIND_LIPS_CM = 0.4;
/** Light on them where the lips hardly part, of that in the portrait; all of it from this share of its own gap on. */
const LEAST_LIGHT = 0.35;
const WELL_PARTED = 0.6;

/** Gums have so much of the lips' colour, and of their light in the middle and at the corners, where the mouth is dark. */
const GUM_COLOUR = 0.75;
const GUM_LIGHT = [0.65, 0.1] as const;

/** Teeth have more than this share of the light of the brightest of them, which begin at this share of the mouth. */
const TEETH_LIGHT = 0.45;
const BRIGHTEST = 0.85;
/** Of so many columns to each side, shares of the picture of the mouth, they end where most do. */
const NEIGHBOURS = 0.12;
/** Colour tells teeth from lips where it differs by this much of their light: not in a grey picture. */
const LEAST_DIFFERENCE = 0.1;

export interface OwnTeethLayer {
  /** Where the two pictures lie in the portrait. */
  place: Pick<OwnTeeth, 'origin' | 'extent'>;
  /** The mouth as the portrait shows it, and its teeth alone, with gums. */
  mouth: Sprite;
  teeth: Sprite;
  /** Middle of the plate that shows the teeth [x, y, z], view fractions. */
  centre: readonly [number, number, number];
  /** How far the portrait's lips stand apart, view fractions. */
  ownGap: number;
}

/** `lips`: their colour; `size`: side of the picture. Undefined for a portrait that shows no teeth. */
export function prepareOwnTeeth(
  { ownTeeth, portrait, scale }: Rig,
  lips: readonly [number, number, number],
  size: number,
): OwnTeethLayer | undefined {
  if (!ownTeeth) return undefined;
  const { origin, extent, size: side, texels, teeth } = ownTeeth;
  const mouth = deinterleave(texels, 4);
  const teethAlone = endBelowTeeth([...deinterleave(teeth, 3), mouth[3]], side, lips);
  const reduced = (sprite: Sprite) => sprite.reduced((1.2 * extent * size) / side);
  const [upper, lower] = [3 * UPPER_LIP_MIDDLE, 3 * LOWER_LIP_MIDDLE];
  return {
    place: { origin, extent },
    mouth: reduced(spriteOf(mouth, side)),
    teeth: reduced(spriteOf(withGums(teethAlone, side, lips), side)),
    centre: [
      origin[0] + extent / 2,
      origin[1] + extent / 2,
      0.5 * (portrait[upper + 2] + portrait[lower + 2]) - BEHIND_LIPS_CM * scale,
    ],
    ownGap: Math.hypot(portrait[upper] - portrait[lower], portrait[upper + 1] - portrait[lower + 1]),
  };
}

function deinterleave(texels: Uint8Array, channels: number): Plane[] {
  return Array.from({ length: channels }, (_, c) => {
    const plane = new Float32Array(texels.length / channels);
    for (let i = 0; i < plane.length; i++) plane[i] = texels[channels * i + c];
    return plane;
  });
}

/** Y, U, V and opacity, 0..255. */
function spriteOf(planes: readonly Plane[], side: number): Sprite {
  const premultiplied = new Float32Array(4 * side * side);
  planes.forEach((plane, c) => {
    plane.forEach((value, i) => {
      premultiplied[4 * i + c] = c < 3 ? (value * planes[3][i]) / 255 : value / 255;
    });
  });
  return new Sprite(side, side, premultiplied);
}

/** Takes away what an open mouth shows below its upper teeth: part of a lip would stay there when the jaw goes down. */
function endBelowTeeth(
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
  const reach = Math.round(NEIGHBOURS * side);
  const smooth = bottoms.map((_, x) => {
    const near = bottoms.slice(Math.max(0, x - reach), x + reach + 1).filter((row) => row >= 0);
    // Teeth in the dark of the corners are not known as such.
    return near.length > 0 ? near.sort((a, b) => a - b)[near.length >> 1] : side;
  });
  return [y, u, v, opacity.map((value, i) => (i / side < smooth[i % side] + 1 ? value : 0))];
}

/** Colour for the light: what a surface has in the sun and in the shade. */
function hue(y: number, u: number, v: number): readonly [number, number] {
  const light = Math.max(1, y - 16);
  return [(u - 128) / light, (v - 128) / light];
}

function distanceOf(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** Above what the portrait shows of its teeth: lips that rise higher would bare the dark behind them. */
function withGums(planes: readonly Plane[], side: number, lips: readonly [number, number, number]): Plane[] {
  const [y, u, v, opacity] = planes.map((plane) => plane.slice());
  const tops = Array.from({ length: side }, (_, x) => {
    let row = 0;
    while (row < side && opacity[row * side + x] < 255) row++;
    return row;
  });
  const isOpen = (row: number) => row < side;
  const [first, last] = [tops.findIndex(isOpen), tops.findLastIndex(isOpen)];
  tops.forEach((top, x) => {
    if (!isOpen(top)) return;
    const along = (2 * (x - first + 0.5)) / (last - first + 1) - 1;
    const height = GUM_HEIGHT * (last - first + 1) * (1 - along ** 6);
    const light = GUM_LIGHT[0] + along ** 4 * (GUM_LIGHT[1] - GUM_LIGHT[0]);
    const colour = (GUM_COLOUR * light) / GUM_LIGHT[0];
    const gum = [16 + light * (lips[0] - 16), 128 + colour * (lips[1] - 128), 128 + colour * (lips[2] - 128)];
    for (let row = Math.max(0, Math.ceil(top - height)); row < top; row++) {
      const i = row * side + x;
      const own = opacity[i] / 255;
      [y, u, v].forEach((plane, c) => {
        plane[i] = gum[c] + own * (plane[i] - gum[c]);
      });
      opacity[i] = 255;
    }
  });
  return [y, u, v, opacity];
}

/** Lays them over what a mouth shows at a pixel. `gap`: how far the lips stand apart now, view fractions. */
export function ownTeethCover(layer: OwnTeethLayer, pose: HeadPose, size: number, gap: number) {
  const { place, teeth, centre, ownGap } = layer;
  const plate = new Plate(pose, size, centre, [1, 0, 0], [0, 1, 0]);
  const light = LEAST_LIGHT + (1 - LEAST_LIGHT) * clamp(gap / (WELL_PARTED * ownGap), 0, 1);
  const texel: Yuva = [0, 0, 0, 0];
  return (x: number, y: number, out: Yuva): void => {
    plate.locate(x, y);
    const texelAt = (along: number) => (along / place.extent + 0.5) * teeth.width;
    const [tx, ty] = [texelAt(plate.x), texelAt(plate.y)];
    if (tx < 0 || ty < 0 || tx > teeth.width || ty > teeth.height) return;
    teeth.sample(tx, ty, texel);
    texel[0] = 16 + light * (texel[0] - 16);
    for (let k = 0; k < 3; k++) out[k] += texel[3] * (texel[k] - out[k]);
  };
}
