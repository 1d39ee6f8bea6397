import { parseRig, serializeRig } from '../../../src/render/rig-bytes.ts';
import { warpRig } from '../../render/warp/support.ts';
import { ourPortrait } from '../../support/portraits.ts';
import { coded } from '../coded.ts';
import { damaged } from '../damaged.ts';
import type { FuzzTarget } from '../target.ts';

/** A rig on a disk that has lost some of it is read, or made anew. */
export const rigs: FuzzTarget<Uint8Array> = {
  name: 'rigs',
  runsInSuite: 60,
  async open() {
    const rig = await warpRig(await ourPortrait());
    return {
      inputs: damaged(serializeRig(rig)),
      attempt(bytes) {
        coded(['internal'], () => parseRig(bytes, rig.key));
      },
    };
  },
};
