import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILTIN_PACK, parseManifest } from '../../../src/model/pack.ts';
import { coded } from '../coded.ts';
import { damagedText } from '../damaged.ts';
import type { FuzzTarget } from '../target.ts';

/** A manifest fits, or the pack is refused. */
export const packManifest: FuzzTarget<string> = {
  name: 'pack-manifest',
  runsInSuite: 200,
  async open() {
    const manifest = JSON.parse(await readFile(join(BUILTIN_PACK, 'pack.json'), 'utf8'));
    return {
      inputs: damagedText(JSON.stringify(manifest, null, 1)),
      attempt(text) {
        coded(['pack_invalid'], () => parseManifest(Buffer.from(text, 'latin1')));
      },
    };
  },
};
