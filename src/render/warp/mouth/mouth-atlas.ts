/** `mouth-atlas.png` of a model pack (made by models/training/vultus_training/mouth_atlas.py) as it is drawn from. */
import { rgbToYuv } from '../../../image/colour.ts';
import { Sprite } from '../pixels/sprite.ts';

export const ATLAS_PIXELS_PER_CM = 40;

/** Three tiles, one below the other: `data` is `Uint8Array [height·width·4]`, not premultiplied. */
export interface AtlasPicture {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Each tile's centre is the middle of the closed lips. */
export interface MouthAtlas {
  upper: Sprite;
  lower: Sprite;
  tongue: Sprite;
}

export function mouthAtlas({ width, height, data }: AtlasPicture): MouthAtlas {
  const tileHeight = height / 3;
  const [upper, lower, tongue] = [0, 1, 2].map((tile) => {
    const start = tile * tileHeight * width * 4;
    return toSprite(data.subarray(start, start + tileHeight * width * 4), width, tileHeight);
  });
  return { upper, lower, tongue };
}

function toSprite(rgba: Uint8Array, width: number, height: number): Sprite {
  const texels = new Float32Array(rgba.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3] / 255;
    const yuv = rgbToYuv(rgba[i], rgba[i + 1], rgba[i + 2]);
    for (let k = 0; k < 3; k++) texels[i + k] = alpha * yuv[k];
    texels[i + 3] = alpha;
  }
  return new Sprite(width, height, texels);
}
