/** What of the mouth stays the same from frame to frame: sprites in the portrait's light, sizes, colours. */
import { distance, midpoint } from '../../../face/landmarks.ts';
import { LOWER_LIP_MIDDLE, MOUTH_CORNER, UPPER_LIP_MIDDLE } from '../../../face/topology.ts';
import { smoothstep } from '../../../image/planes.ts';
import { Sprite } from '../pixels/sprite.ts';
import type { Rig } from '../rig.ts';
import { ATLAS_PIXELS_PER_CM, type MouthAtlas } from './mouth-atlas.ts';
import { type OwnTeethLayer, prepareOwnTeeth } from './own-teeth.ts';

/** Mouth width of the canonical face, centimetres. */
const CANONICAL_MOUTH_CM = 4.912;
/** Light of the throat and of the lining of the cheeks against the lips. */
const THROAT_LIGHT = 0.1;
const LINING_LIGHT = 0.25;
/**
 * And their colour: so much of the lips' for this light, and of it so much for teeth and tongue where they lie in the
 * shade. The dark between thin or pale lips would look like another lip with more.
 */
const FLESH_COLOUR = 0.5;
const SHADOW_COLOUR = 0.2;

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
  /** Colour of the lips, and how strongly their rims are painted with it: 1 where the portrait's lips part. */
  lips: readonly [number, number, number];
  rimStrength: number;
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
    lips,
    throat: insideColour(lips, THROAT_LIGHT, FLESH_COLOUR * THROAT_LIGHT),
    lining: insideColour(lips, LINING_LIGHT, FLESH_COLOUR * LINING_LIGHT),
    shadow: insideColour(lips, THROAT_LIGHT, SHADOW_COLOUR),
    rimStrength: smoothstep(
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

/** Puts the atlas into the portrait's light. Returns a new sprite. */
function tint({ width, height, texels }: Sprite, { mouthLight }: Rig): Sprite {
  const { gain, saturation, u, v } = mouthLight;
  const lit = texels.slice();
  for (let i = 0; i < lit.length; i += 4) {
    const alpha = lit[i + 3];
    lit[i] = Math.min(WHITE * alpha, 16 * alpha + gain * (lit[i] - 16 * alpha));
    lit[i + 1] = alpha * (128 + u) + gain * saturation * (lit[i + 1] - 128 * alpha);
    lit[i + 2] = alpha * (128 + v) + gain * saturation * (lit[i + 2] - 128 * alpha);
  }
  return new Sprite(width, height, lit);
}
