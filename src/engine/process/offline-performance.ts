import type { PerformedFrame, PerformerMix } from '../../contract/performed-motion.ts';
import type { OfflineMotionFrame } from './offline-motion.ts';
import { Performance } from './performer/performance.ts';

/**
 * Mixes a recorded performance into the motion of a whole voice, by what does so in live sessions. `performed`: in order,
 * `timeMs` from the beginning of the voice; `speaking`: whether there is a voice at all.
 */
export async function* withPerformance(
  frames: AsyncIterable<OfflineMotionFrame>,
  performed: readonly PerformedFrame[],
  { mix, speaking }: { mix: PerformerMix; speaking: boolean },
): AsyncGenerator<OfflineMotionFrame> {
  const performance = new Performance(0);
  let next = 0;
  for await (const { index, mediaTimeMs, frame } of frames) {
    for (; next < performed.length && performed[next].timeMs <= mediaTimeMs; next++) {
      performance.take(performed[next], performed[next].timeMs);
    }
    yield { index, mediaTimeMs, frame: performance.apply(frame, mix, { nowMs: mediaTimeMs, speaking }) };
  }
}
