import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areLipsSeen } from '../../../../../src/render/warp/analyse/mouth/found-lips.ts';
import type { PortraitView } from '../../../../../src/render/warp/analyse/portrait-view.ts';
import { DRAWN_FACES, drawFace } from '../../../../support/drawn-face.ts';
import { fingerOn, handOn, maskOn, withShape } from '../cover.ts';
import { FINISHES, finished, fixturePortrait, portraitViewer } from '../support.ts';

const SLOW_MS = 90_000;
const PEOPLE = ['smooth-light-skin', 'dark-skin-full-lips'];
let viewer: Awaited<ReturnType<typeof portraitViewer>>;
beforeAll(async () => {
  viewer = await portraitViewer();
}, SLOW_MS);
afterAll(() => viewer.close());

async function seesLips(bytes: Uint8Array, drawn = false): Promise<boolean> {
  const { view, seen } = await viewer.look(bytes);
  return areLipsSeen(view, seen.landmarks, drawn);
}

describe('areLipsSeen', () => {
  it.each(PEOPLE.flatMap((name) => FINISHES.map((finish) => [name, finish])))(
    'sees lips that touch: %s, %s',
    async (name, finish) => {
      expect(await seesLips(await finished(await fixturePortrait(name), finish))).toBe(true);
    },
    SLOW_MS,
  );

  it(
    'sees those of which a median filter has left no seam, only the shade of the upper one',
    async () => {
      const small = sharp(await fixturePortrait('dark-skin-full-lips'))
        .resize(128)
        .median(5);
      expect(
        await seesLips(
          await sharp(await small.png().toBuffer())
            .resize(512)
            .png()
            .toBuffer(),
        ),
      ).toBe(true);
    },
    SLOW_MS,
  );

  it.each(Object.entries(DRAWN_FACES))(
    'sees those of a drawing with %s',
    async (_, look) => {
      expect(await seesLips(await drawFace(look), true)).toBe(true);
    },
    SLOW_MS,
  );

  const covers: [string, (seen: PortraitView) => string][] = [
    ['a light blue mask with folds', (seen) => maskOn(seen, '#9cc3dc', true)],
    ['a black mask', (seen) => maskOn(seen, '#1c1c20')],
    ['a red mask', (seen) => maskOn(seen, '#a33038')],
    ['a hand', handOn],
    ['a finger over half of them', fingerOn],
  ];
  it.each(PEOPLE.flatMap((name) => covers.map(([what, cover]) => [what, name, cover] as const)))(
    'sees none behind %s: %s',
    async (_, name, cover) => {
      const { seen } = await viewer.look(await fixturePortrait(name));
      expect(await seesLips(await withShape(seen, cover(seen)))).toBe(false);
    },
    SLOW_MS,
  );
});
