import { expect, it } from 'vitest';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { rendererOf } from '../../src/render/renderers.ts';
import { rigKey } from '../../src/render/rig-key.ts';

const { manifest } = await loadPack(BUILTIN_PACK);

it('finds the renderer that a pack names, and says which there are where it names another', () => {
  expect(rendererOf({ manifest }).name).toBe('warp');
  expect(() => rendererOf({ manifest: { ...manifest, renderer: 'neural' } })).toThrow(
    expect.objectContaining({
      code: 'pack_invalid',
      detail: 'pack.json, renderer: is "neural", known are "warp"',
    }),
  );
});

it('keys rigs by renderer, its version, pack and what of it analysis reads', () => {
  const warp = rendererOf({ manifest });
  const key = rigKey(warp, { manifest });
  const { files } = manifest;
  const other = { ...files.matte, sha256: '0'.repeat(64) };
  const changed = [
    rigKey({ ...warp, name: 'other' }, { manifest }),
    rigKey({ ...warp, rigVersion: warp.rigVersion + 1 }, { manifest }),
    rigKey(warp, { manifest: { ...manifest, version: '9' } }),
    rigKey(warp, { manifest: { ...manifest, files: { ...files, matte: other } } }),
  ];
  expect(new Set([key, ...changed]).size).toBe(5);
  // What is only drawn with makes no rig old.
  const atlas = { ...files.mouthAtlas, sha256: '0'.repeat(64) };
  expect(rigKey(warp, { manifest: { ...manifest, files: { ...files, mouthAtlas: atlas } } })).toBe(key);
});
