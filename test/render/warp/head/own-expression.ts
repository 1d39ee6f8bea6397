import { CHANNEL } from '../../../../src/contract/motion-frame.ts';
import { SKIN_POINTS } from '../../../../src/face/topology.ts';
import { skinSource } from '../../../../src/render/warp/analyse/mouth/lip-rims.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import type { Pose } from '../../../../src/render/warp/sheet/poses.ts';

/** As if the portrait had been taken with this expression, and that had been taken off. */
export function withOwn(rig: Rig, pose: Pose): Rig {
  const portrait = rig.rest.slice();
  for (const [channel, weight] of Object.entries(pose)) {
    const delta = rig.deltas.subarray(CHANNEL[channel as keyof Pose] * rig.rest.length);
    for (let i = 0; i < 3 * SKIN_POINTS; i++) portrait[i] += weight * delta[i];
  }
  return { ...rig, portrait, skinSource: skinSource({ ...rig, portrait }) };
}
