import { beforeAll, describe, expect, it } from 'vitest';
import { type Yuv, yuvToRgb } from '../../../../src/image/colour.ts';
import { BUILTIN_PACK, loadPack } from '../../../../src/model/pack.ts';
import { ATLAS_PIXELS_PER_CM, type MouthAtlas } from '../../../../src/render/warp/mouth/mouth-atlas.ts';
import { ATLAS_TEETH, prepareMouth } from '../../../../src/render/warp/mouth/mouth-layers.ts';
import { readMouthAtlas } from '../../../../src/render/warp/mouth/read-mouth-atlas.ts';
import type { Sprite, Yuva } from '../../../../src/render/warp/pixels/sprite.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { warpRig } from '../support.ts';

let atlas: MouthAtlas;
let rig: Rig;
beforeAll(async () => {
  atlas = await readMouthAtlas((await loadPack(BUILTIN_PACK)).files.mouthAtlas);
  rig = await warpRig(await ourPortrait());
}, 90_000);

/** Median colour of a central incisor, 3.5 mm beside the lips' middle and up to 3.4 mm above it. */
function incisor({ width, height, texels }: Sprite, texelsPerCm: number): Yuv {
  const rows = Array.from({ length: 9 }, (_, k) => height / 2 - (0.02 + 0.04 * k) * texelsPerCm);
  const colours = rows.map((y) => {
    const i = 4 * (Math.floor(y) * width + Math.floor(width / 2 + 0.35 * texelsPerCm));
    return [...texels.subarray(i, i + 4)] as Yuva;
  });
  const median = (c: 0 | 1 | 2) => colours.map((colour) => colour[c]).sort((a, b) => a - b)[4];
  return [median(0), median(1), median(2)];
}

describe('the mouth in the light of a portrait', () => {
  it('takes the teeth of the atlas for what they are', () => {
    const rgb = yuvToRgb(...incisor(atlas.upper, ATLAS_PIXELS_PER_CM));
    rgb.forEach((level, c) => {
      expect(Math.abs(level - ATLAS_TEETH[c])).toBeLessThan(14);
    });
  });

  it.each([
    ['warm', [150, 104, 148], 1],
    ['cool', [190, 134, 124], 1],
    ['colourless', [120, 128, 128], 0],
  ] as const)('gives front teeth the colour that they have in %s light', (_, teeth, saturation) => {
    const layers = prepareMouth({ ...rig, mouthLight: { teeth, saturation } }, atlas, 512);
    incisor(layers.upper, layers.texelsPerCm).forEach((value, c) => {
      expect(Math.abs(value - teeth[c])).toBeLessThan(c === 0 ? 12 : 5);
    });
  });

  it('has no colours where the portrait has none', () => {
    const mouthLight = { teeth: [120, 128, 128] as const, saturation: 0 };
    const { tongue } = prepareMouth({ ...rig, mouthLight }, atlas, 512);
    for (let i = 0; i < tongue.texels.length; i += 4) {
      const opacity = tongue.texels[i + 3];
      expect(Math.abs(tongue.texels[i + 2] - 128 * opacity)).toBeLessThan(0.5);
    }
  });
});
