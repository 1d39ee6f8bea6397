/** An eye that a portrait doesn't show stays still: what lies before it is neither lids nor skin around them. */
import { BLENDSHAPES } from '../../../../contract/motion-frame.ts';
import { LANDMARK_COUNT, SIDES } from '../../../../face/topology.ts';

/** Returns what blendshapes do, `[52·478·3]`, without those of an eye that was not found. */
export function stillEyes(
  deltas: Float32Array,
  eyes: Readonly<Record<'left' | 'right', { readonly found: boolean }>>,
): Float32Array {
  const result = deltas.slice();
  for (const side of SIDES) {
    if (eyes[side].found) continue;
    const ownName = new RegExp(`^eye.*${side}$`, 'i');
    BLENDSHAPES.forEach((name, channel) => {
      const offset = 3 * LANDMARK_COUNT * channel;
      if (ownName.test(name)) result.fill(0, offset, offset + 3 * LANDMARK_COUNT);
    });
  }
  return result;
}
