import type { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BUILTIN_PACK, loadPack } from '../../../../src/model/pack.ts';
import { GraphLoader } from '../../../../src/model/providers.ts';
import { randomNumbers } from '../../../../src/random.ts';
import { type RenderFeeds, RenderGraph } from '../../../../src/render/warp/pixels/render-graph.ts';

let session: InferenceSession;
let graph: RenderGraph;
/** Pictures in each run of the graph. */
let runs: number[] = [];

beforeAll(async () => {
  const { graphFiles } = await loadPack(BUILTIN_PACK);
  const loader = await GraphLoader.choose('cpu', graphFiles.render);
  session = await loader.open(graphFiles.render);
  const run = session.run.bind(session);
  session.run = (feeds: InferenceSession.FeedsType) => {
    runs.push(feeds.map.dims[0]);
    return run(feeds);
  };
  graph = new RenderGraph(session);
});
afterAll(() => graph.release());

function feeds(seed: number, size = 16): RenderFeeds {
  const random = randomNumbers(seed);
  const planes = (count: number, scale: number, from = 0) =>
    Float32Array.from({ length: count * size * size }, () => from + scale * random());
  return {
    ...{ width: size, height: size },
    texture: { width: 2 * size, height: 2 * size },
    map: planes(2, 1.8, -0.9),
    personLuma: planes(8, 1),
    personChroma: planes(3, 1),
    backgroundLuma: planes(4, 255),
    backgroundChroma: planes(2, 255),
  };
}

it('draws what is asked for together in few runs, each as if alone', async () => {
  const asked = [feeds(1), feeds(2), feeds(3, 8), feeds(4)];
  const alone: Uint8Array[] = [];
  for (const one of asked) alone.push(await graph.draw(one));
  runs = [];
  const together = await Promise.all(asked.map((one) => graph.draw(one)));
  expect(together).toEqual(alone);
  expect(new Set(alone.map((picture) => picture.join())).size).toBe(4);
  expect(runs).toEqual([2, 1, 1]);
});

it('lets only the picture fail that is to blame', async () => {
  const broken = { ...feeds(5), map: new Float32Array(3) };
  const good = feeds(6);
  const [first, second] = await Promise.allSettled([graph.draw(broken), graph.draw(good)]);
  expect(first.status).toBe('rejected');
  expect(second).toEqual({ status: 'fulfilled', value: await graph.draw(good) });
});

it('warms up every batch', { timeout: 120_000 }, async () => {
  runs = [];
  await graph.warmUp();
  expect(runs.slice(0, 2)).toEqual([1, 8]);
  expect(new Set(runs)).toEqual(new Set([1, 2, 4, 8]));
});
