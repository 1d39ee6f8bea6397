import { beforeAll, describe, expect, it } from 'vitest';
import type { Rig } from '../../src/render/renderer.ts';
import { parseRig, serializeRig } from '../../src/render/rig-bytes.ts';
import { ourPortrait } from '../support/portraits.ts';
import { warpRig } from './warp/support.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
}, 90_000);

describe('rig file', () => {
  it('survives being written and read', () => {
    expect(parseRig(serializeRig(rig), rig.key)).toEqual(rig);
  });

  it.each<[string, () => Uint8Array]>([
    ['nothing', () => new Uint8Array(0)],
    ['garbage', () => Buffer.from('garbage')],
    ['half of a rig', () => serializeRig(rig).subarray(0, 100_000)],
    ['a rig without a part', () => serializeRig({ ...rig, deltas: new Float32Array(3) } as Rig)],
    ['a rig of another pack', () => serializeRig({ ...rig, key: 'warp 0, other@1' })],
    ['a rig of an unknown renderer', () => serializeRig({ ...rig, renderer: 'unknown' })],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseRig(bytes(), rig.key)).toThrow(/damaged/);
  });
});
