/** The portrait's own upper teeth: part of the skull, they turn with the head and stay where lips and jaw leave them. */
import { LOWER_LIP_MIDDLE, UPPER_LIP_MIDDLE } from '../avatar/face-topology.ts';
import type { OwnTeeth } from '../avatar/own-teeth.ts';
import { clamp } from '../avatar/planes.ts';
import type { Rig } from '../avatar/rig.ts';
import type { HeadPose } from './head-pose.ts';
import { Plate } from './plate.ts';
import { Sprite, type Yuva } from './sprite.ts';

/** They lie so far behind the lips' edges, centimetres. */
const BEHIND_LIPS_CM = 0.4;
/** Light on them where the lips hardly part, of that in the portrait; all of it from this share of its own gap on. */
const LEAST_LIGHT = 0.35;
const WELL_PARTED = 0.6;

export interface OwnTeethLayer {
  teeth: OwnTeeth;
  sprite: Sprite;
  /** Middle of the plate that shows them [x, y, z], view fractions. */
  centre: readonly [number, number, number];
  /** How far the portrait's lips stand apart, view fractions. */
  ownGap: number;
}

/** `size`: side of the picture. Undefined for a portrait that shows no teeth. */
export function prepareOwnTeeth({ ownTeeth, portrait, scale }: Rig, size: number): OwnTeethLayer | undefined {
  if (!ownTeeth) return undefined;
  const { origin, extent, size: side, texels } = ownTeeth;
  const premultiplied = Float32Array.from(texels, (value, i) =>
    i % 4 === 3 ? value / 255 : (value * texels[i - (i % 4) + 3]) / 255,
  );
  const [upper, lower] = [3 * UPPER_LIP_MIDDLE, 3 * LOWER_LIP_MIDDLE];
  return {
    teeth: ownTeeth,
    sprite: new Sprite(side, side, premultiplied).reduced((1.2 * extent * size) / side),
    centre: [
      origin[0] + extent / 2,
      origin[1] + extent / 2,
      0.5 * (portrait[upper + 2] + portrait[lower + 2]) - BEHIND_LIPS_CM * scale,
    ],
    ownGap: Math.hypot(portrait[upper] - portrait[lower], portrait[upper + 1] - portrait[lower + 1]),
  };
}

/** Lays them over what a mouth shows at a pixel. `gap`: how far the lips stand apart now, view fractions. */
export function ownTeethCover(layer: OwnTeethLayer, pose: HeadPose, size: number, gap: number) {
  const { teeth, sprite, centre, ownGap } = layer;
  const plate = new Plate(pose, size, centre, [1, 0, 0], [0, 1, 0]);
  const light = LEAST_LIGHT + (1 - LEAST_LIGHT) * clamp(gap / (WELL_PARTED * ownGap), 0, 1);
  const texel: Yuva = [0, 0, 0, 0];
  return (x: number, y: number, out: Yuva): void => {
    plate.locate(x, y);
    const place = (along: number) => (along / teeth.extent + 0.5) * sprite.width;
    const [tx, ty] = [place(plate.x), place(plate.y)];
    if (tx < 0 || ty < 0 || tx > sprite.width || ty > sprite.height) return;
    sprite.sample(tx, ty, texel);
    texel[0] = 16 + light * (texel[0] - 16);
    for (let k = 0; k < 3; k++) out[k] += texel[3] * (texel[k] - out[k]);
  };
}
