import { expect, it } from 'vitest';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { openDrawingKit } from '../../../src/render/warp/drawing-kit.ts';
import { WARP } from '../../../src/render/warp/warp.ts';
import { ourPortrait } from '../../support/portraits.ts';
import { warpRig } from './support.ts';

it('gives the rig back as it was, and refuses what is damaged', async () => {
  const [rig, pack] = await Promise.all([warpRig(await ourPortrait()), loadPack(BUILTIN_PACK)]);
  const kit = await WARP.drawingKit(rig, pack);
  const opened = openDrawingKit(kit).prepare({ width: 256, height: 256, fit: 'portrait' }).rig;
  // What is not there is not told.
  expect(opened).toEqual(rig);
  for (const damaged of [kit.subarray(0, 1000), new Uint8Array(), Uint8Array.of(0xc0)])
    expect(() => openDrawingKit(damaged)).toThrow('drawing kit');
}, 90_000);
