/** What of the mouth stays the same from frame to frame: sprites in the portrait's light, sizes, colours. */
import { distance, midpoint } from '../../../face/landmarks.ts';
import { LOWER_LIP_MIDDLE, MOUTH_CORNER, UPPER_LIP_MIDDLE } from '../../../face/topology.ts';
import { rgbToYuv, yuvToRgb } from '../../../image/colour.ts';
import { smoothstep } from '../../../image/planes.ts';
import { Sprite } from '../pixels/sprite.ts';
import type { Rig } from '../rig.ts';
import { ATLAS_PIXELS_PER_CM, type MouthAtlas } from './mouth-atlas.ts';
import { type OwnTeethLayer, prepareOwnTeeth } from './own-teeth.ts';

/** Mouth width of the canonical face, centimetres. */
const CANONICAL_MOUTH_CM = 4.912;
/** Light of the throat, of the lining of the cheeks and of what lies in the shade, against the lips. */
const THROAT_LIGHT = 0.18;
const LINING_LIGHT = 0.3;
const SHADE_LIGHT = 0.1;
/**
 * And their colour, of the lips': light that comes back from flesh is red. The dark between thin or pale lips would look
 * like another lip with more.
 */
const FLESH_COLOUR = 0.32;

/** Mean colour of the incisors in the mouth atlas, RGB. */
export const ATLAS_TEETH = [221, 206, 184] as const;
/** Luma of white (BT.601, video range). */
const WHITE = 235;

export interface MouthLayers {
  upper: Sprite;
  lower: Sprite;
  tongue: Sprite;
  /** Shown instead of `upper` where the portrait has them. */
  ownTeeth?: OwnTeethLayer;
  /** Sprite texels per atlas centimetre. */
  texelsPerCm: number;
  /** View fractions per centimetre of this mouth, across and upright. */
  across: number;
  upright: number;
  centre: [number, number, number];
  /** How surely the portrait's lips are parted, 0..1. */
  ownParted: number;
  /** Colours of the mouth behind teeth and tongue: at its back and close to the lips. */
  throat: readonly [number, number, number];
  lining: readonly [number, number, number];
  /** What teeth and tongue turn to where no light falls on them. */
  shadow: readonly [number, number, number];
}

export function prepareMouth(rig: Rig, atlas: MouthAtlas, pixelsPerView: number): MouthLayers {
  const { rest, scale, lips } = rig;
  const relative = distance(rest, MOUTH_CORNER.left, MOUTH_CORNER.right) / (CANONICAL_MOUTH_CM * scale);
  const across = scale * Math.min(1.25, Math.max(0.8, relative));
  const upright = scale * Math.sqrt(Math.min(1.25, Math.max(0.8, relative)));
  const factor = Math.min(1, (1.2 * across * pixelsPerView) / ATLAS_PIXELS_PER_CM);
  const upper = tint(atlas.upper.reduced(factor), rig);
  return {
    upper,
    lower: tint(atlas.lower.reduced(factor), rig),
    tongue: tint(atlas.tongue.reduced(factor), rig),
    ownTeeth: prepareOwnTeeth(rig, pixelsPerView),
    texelsPerCm: (ATLAS_PIXELS_PER_CM * upper.width) / atlas.upper.width,
    across,
    upright,
    throat: insideColour(lips, THROAT_LIGHT, FLESH_COLOUR),
    lining: insideColour(lips, LINING_LIGHT, 2 * FLESH_COLOUR),
    shadow: insideColour(lips, SHADE_LIGHT, 4 * FLESH_COLOUR),
    ownParted: smoothstep(
      0.015,
      0.06,
      distance(rig.portrait, UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE) /
        distance(rig.portrait, MOUTH_CORNER.left, MOUTH_CORNER.right),
    ),
    centre: midpoint(rest, UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE),
  };
}

function insideColour(
  [y, u, v]: readonly [number, number, number],
  light: number,
  colour: number,
): readonly [number, number, number] {
  return [16 + light * (y - 16), 128 + colour * (u - 128), 128 + colour * (v - 128)];
}

/** Puts the atlas into the portrait's light: its incisors get the colour that teeth have there. Returns a new sprite. */
function tint({ width, height, texels }: Sprite, { mouthLight }: Rig): Sprite {
  const { teeth, saturation } = mouthLight;
  const paler = (y: number, u: number, v: number) =>
    yuvToRgb(y, 128 + saturation * (u - 128), 128 + saturation * (v - 128));
  const atlasTeeth = paler(...rgbToYuv(...ATLAS_TEETH));
  const gains = yuvToRgb(...teeth).map((level, c) => Math.max(0, level) / atlasTeeth[c]);
  const lit = texels.slice();
  for (let i = 0; i < lit.length; i += 4) {
    const alpha = lit[i + 3];
    // Premultiplied: black is 16 of the opacity, grey 128 of it.
    const [r, g, b] = paler(
      lit[i] + 16 * (1 - alpha),
      lit[i + 1] + 128 * (1 - alpha),
      lit[i + 2] + 128 * (1 - alpha),
    );
    const [y, u, v] = rgbToYuv(r * gains[0], g * gains[1], b * gains[2]);
    lit[i] = Math.min(WHITE * alpha, y - 16 * (1 - alpha));
    lit[i + 1] = u - 128 * (1 - alpha);
    lit[i + 2] = v - 128 * (1 - alpha);
  }
  return new Sprite(width, height, lit);
}
