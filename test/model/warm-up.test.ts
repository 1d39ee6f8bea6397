import { expect, it } from 'vitest';
import { MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { MotionModel } from '../../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { GraphLoader } from '../../src/model/providers.ts';
import { outermostFirst } from '../../src/model/warm-up.ts';

it('starts with the smallest and the largest size', () => {
  expect(outermostFirst([2, 3, 4, 5])).toEqual([[2], [5], [3], [4]]);
  expect(outermostFirst([3])).toEqual([[3]]);
});

it('goes through all combinations of sizes, all smallest and all largest first', () => {
  expect(outermostFirst([1, 2], [512, 256, 1024])).toEqual([
    [1, 256],
    [2, 1024],
    [1, 512],
    [1, 1024],
    [2, 256],
    [2, 512],
  ]);
});

it('runs both graphs at every block size behind the least and the most that is new, the outermost first', async () => {
  const pack = await loadPack(BUILTIN_PACK);
  const model = await MotionModel.open(pack, await GraphLoader.choose('cpu', pack.graphFiles.motion));
  const sizes: number[][] = [];
  const { sample } = model;
  model.sample = (requests, block) => {
    expect(requests).toHaveLength(1);
    sizes.push([block, requests[0].shown.length / MOTION_SIZE - 1]);
    return sample.call(model, requests, block);
  };
  await model.warmUp();
  const { blocks, motion } = pack.manifest;
  expect(sizes).toEqual(outermostFirst(blocks, [1, motion.memoryFrames]));
  await model.close();
});
