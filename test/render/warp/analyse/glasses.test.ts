import { afterAll, beforeAll, expect, it } from 'vitest';
import { glassesLikelihood } from '../../../../src/render/warp/analyse/glasses.ts';
import type { PortraitView } from '../../../../src/render/warp/analyse/portrait-view.ts';
import { placeOf, withShape } from './cover.ts';
import { fixturePortrait, portraitViewer } from './support.ts';

const SLOW_MS = 90_000;
let viewer: Awaited<ReturnType<typeof portraitViewer>>;
beforeAll(async () => {
  viewer = await portraitViewer();
}, SLOW_MS);
afterAll(() => viewer.close());

async function likelihoodWith(shape: (seen: PortraitView) => string): Promise<number> {
  const plain = await viewer.look(await fixturePortrait('smooth-light-skin'));
  const { view } = await viewer.look(await withShape(plain.seen, shape(plain.seen)));
  // The mesh of the plain portrait: what is tried is the line, not what hair does to landmarks.
  return glassesLikelihood(view.channels[0], view.size, plain.seen.landmarks);
}

it('knows frames', { timeout: SLOW_MS }, async () => {
  const likelihood = await likelihoodWith((seen) => {
    const [[ax, ay], [bx, by], [cx, cy]] = [234, 454, 168].map((i) => placeOf(seen, i));
    return `<path d="M${ax} ${ay - 8} L${cx - 60} ${cy + 2} L${cx + 60} ${cy + 2} L${bx} ${by - 8}" fill="none" stroke="#141414" stroke-width="6"/>`;
  });
  expect(likelihood).toBeGreaterThan(0.5);
});

it('takes a strand of hair beside the nose for none', { timeout: SLOW_MS }, async () => {
  const likelihood = await likelihoodWith((seen) => {
    const [[ax, ay], [bx, by], [cx, cy]] = [234, 454, 168].map((i) => placeOf(seen, i));
    const fringe = `M${cx + 22} ${cy - 80} L${cx + 2} ${cy + 4} L${cx - 34} ${cy + 34}`;
    return `<path d="M${ax} ${ay - 8} L${ax + 60} ${ay - 8} M${bx} ${by - 8} L${bx - 60} ${by - 8} ${fringe}" fill="none" stroke="#141414" stroke-width="6"/>`;
  });
  expect(likelihood).toBeLessThan(0.5);
});
