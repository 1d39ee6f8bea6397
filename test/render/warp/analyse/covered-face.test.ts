import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILTIN_PACK, loadPack } from '../../../../src/model/pack.ts';
import { coveredShares } from '../../../../src/render/warp/analyse/covered-face.ts';
import { type FaceBasis, readFaceBasis } from '../../../../src/render/warp/analyse/face-basis.ts';
import type { PortraitView } from '../../../../src/render/warp/analyse/portrait-view.ts';
import { placeOf, withShape } from './cover.ts';
import { FINISHES, finished, fixturePortrait, portraitViewer } from './support.ts';

const SLOW_MS = 90_000;
const PEOPLE = ['smooth-light-skin', 'dark-skin-full-lips'];
let viewer: Awaited<ReturnType<typeof portraitViewer>>;
let basis: FaceBasis;
beforeAll(async () => {
  viewer = await portraitViewer();
  basis = await readFaceBasis((await loadPack(BUILTIN_PACK)).files.faceBasis);
}, SLOW_MS);
afterAll(() => viewer.close());

async function lowerCovered(bytes: Uint8Array): Promise<number> {
  const { view, seen } = await viewer.look(bytes);
  return coveredShares(view, seen.landmarks, basis.rest).lower;
}

async function lowerCoveredWith(name: string, shape: (seen: PortraitView) => string): Promise<number> {
  const { seen } = await viewer.look(await fixturePortrait(name));
  return lowerCovered(await withShape(seen, shape(seen)));
}

describe('coveredShares', () => {
  it.each(PEOPLE.flatMap((name) => FINISHES.map((finish) => [name, finish])))(
    'finds nothing on bare skin, also where it lies in shade: %s, %s',
    async (name, finish) => {
      expect(await lowerCovered(await finished(await fixturePortrait(name), finish))).toBeLessThan(0.12);
    },
    SLOW_MS,
  );

  it.each(PEOPLE)(
    'takes a light from the side for no cover: %s',
    async (name) => {
      const covered = await lowerCoveredWith(
        name,
        () =>
          '<defs><linearGradient id="g"><stop offset="0.4" stop-opacity="0.7"/><stop offset="0.6" stop-opacity="0"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/>',
      );
      expect(covered).toBeLessThan(0.12);
    },
    SLOW_MS,
  );

  it.each(PEOPLE)(
    'finds a beard: %s',
    async (name) => {
      const covered = await lowerCoveredWith(name, (seen) => {
        const [[left], [right], [, chin], [, lip]] = [172, 397, 152, 17].map((i) => placeOf(seen, i));
        const hairs = Array.from({ length: 700 }, (_, i) => {
          const x = left + (((i * 7919) % 997) / 997) * (right - left);
          const y = lip + 4 + (((i * 6151) % 991) / 991) * (chin - lip - 4);
          return `M${x} ${y} l${(i % 7) - 3} 7`;
        });
        return `<path d="${hairs.join('')}" stroke="#0c0808" stroke-width="1.6" fill="none"/>`;
      });
      expect(covered).toBeGreaterThan(0.25);
    },
    SLOW_MS,
  );
});
