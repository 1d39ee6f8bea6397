import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isDrawn } from '../../../../src/render/warp/analyse/drawn.ts';
import { DRAWN_FACES, drawFace } from '../../../support/drawn-face.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { FINISHES, finished, fixturePortrait, portraitViewer } from './support.ts';

const SLOW_MS = 90_000;
let viewer: Awaited<ReturnType<typeof portraitViewer>>;
beforeAll(async () => {
  viewer = await portraitViewer();
}, SLOW_MS);
afterAll(() => viewer.close());

async function isTakenForDrawn(bytes: Uint8Array): Promise<boolean> {
  const { view, seen } = await viewer.look(bytes);
  return isDrawn(view, seen.landmarks);
}

describe('isDrawn', () => {
  it.each(Object.entries(DRAWN_FACES))(
    'knows a drawing with %s',
    async (_, look) => {
      expect(await isTakenForDrawn(await drawFace(look))).toBe(true);
    },
    SLOW_MS,
  );

  it(
    'knows a drawing with freckles, blushes and soft shades, compressed too',
    async () => {
      const kit = await ourPortrait('kit');
      expect(await isTakenForDrawn(kit)).toBe(true);
      expect(await isTakenForDrawn(await sharp(kit).jpeg({ quality: 30 }).toBuffer())).toBe(true);
    },
    SLOW_MS,
  );

  it.each(
    ['smooth-light-skin', 'dark-skin-full-lips'].flatMap((name) => FINISHES.map((finish) => [name, finish])),
  )(
    'takes smooth skin for a photograph: %s, %s',
    async (name, finish) => {
      expect(await isTakenForDrawn(await finished(await fixturePortrait(name), finish))).toBe(false);
    },
    SLOW_MS,
  );
});
