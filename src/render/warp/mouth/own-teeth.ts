/** The portrait's own upper teeth: part of the skull, they turn with the head and stay where lips and jaw leave them. */
import { LOWER_LIP_MIDDLE, UPPER_LIP_MIDDLE } from '../../../face/topology.ts';
import { deinterleave, type Plane } from '../../../image/planes.ts';
import { GUM_HEIGHT, type OwnTeeth } from '../analyse/mouth/own-teeth.ts';
import type { HeadPose } from '../head/head-pose.ts';
import { Plate } from '../head/plate.ts';
import { Sprite, type Yuva } from '../pixels/sprite.ts';
import type { Rig } from '../rig.ts';

/** They lie so far behind the lips' edges, centimetres. */
const BEHIND_LIPS_CM = 0.4;
/** The portrait shows them in this much of the light that comes in between lips; in more they grow no brighter. */
const OWN_LIGHT = 0.85;

/** Gums have so much of the lips' colour, and of their light in the middle and at the corners, where the mouth is dark. */
const GUM_COLOUR = 0.75;
const GUM_LIGHT = [0.65, 0.2] as const;

export interface OwnTeethLayer {
  /** Where the two pictures lie in the portrait. */
  place: Pick<OwnTeeth, 'origin' | 'extent'>;
  /** The mouth as the portrait shows it, and its teeth alone, with gums. */
  mouth: Sprite;
  teeth: Sprite;
  /** Middle of the plate that shows the teeth [x, y, z], view fractions. */
  centre: readonly [number, number, number];
}

/** Undefined for a portrait that shows no teeth. */
export function prepareOwnTeeth(
  { ownTeeth, portrait, scale, lips }: Rig,
  pixelsPerView: number,
): OwnTeethLayer | undefined {
  if (!ownTeeth) return undefined;
  const { origin, extent, size: side, texels, teeth } = ownTeeth;
  const mouth = deinterleave(texels, 4);
  const reduced = (sprite: Sprite) => sprite.reduced((1.2 * extent * pixelsPerView) / side);
  const [upper, lower] = [3 * UPPER_LIP_MIDDLE, 3 * LOWER_LIP_MIDDLE];
  return {
    place: { origin, extent },
    mouth: reduced(spriteOf(mouth, side)),
    teeth: reduced(spriteOf(withGums(deinterleave(teeth, 4), side, lips), side)),
    centre: [
      origin[0] + extent / 2,
      origin[1] + extent / 2,
      0.5 * (portrait[upper + 2] + portrait[lower + 2]) - BEHIND_LIPS_CM * scale,
    ],
  };
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

/**
 * Lays them over what a mouth shows at a pixel. `shadow`: what they turn to where no light falls on them; `through`: how
 * much of it comes in there, 0..1.
 */
export function ownTeethCover(
  { place, teeth, centre }: OwnTeethLayer,
  pose: HeadPose,
  shadow: readonly [number, number, number],
) {
  const plate = new Plate(pose, centre, [1, 0, 0], [0, 1, 0]);
  const texel: Yuva = [0, 0, 0, 0];
  return (x: number, y: number, through: number, out: Yuva): void => {
    plate.locate(x, y);
    const texelAt = (along: number) => (along / place.extent + 0.5) * teeth.width;
    const [tx, ty] = [texelAt(plate.x), texelAt(plate.y)];
    if (tx < 0 || ty < 0 || tx > teeth.width || ty > teeth.height) return;
    teeth.sample(tx, ty, texel);
    const light = Math.min(1, through / OWN_LIGHT);
    for (let k = 0; k < 3; k++) out[k] += texel[3] * (shadow[k] + light * (texel[k] - shadow[k]) - out[k]);
  };
}
