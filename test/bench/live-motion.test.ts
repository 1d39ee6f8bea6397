import { expect, it } from 'vitest';
import { withBlocks } from '../../bench/live-motion.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';

it('leaves of a pack what it says of the blocks that are asked for', async () => {
  const { manifest } = await loadPack(BUILTIN_PACK);
  const { blocks, motion } = withBlocks(manifest, [5]);

  expect(blocks).toEqual([5]);
  expect(motion.gazePitch).toEqual([manifest.motion.gazePitch![manifest.blocks.indexOf(5)]]);
  expect(motion.blinkFactor).toEqual([manifest.motion.blinkFactor![manifest.blocks.indexOf(5)]]);
});
