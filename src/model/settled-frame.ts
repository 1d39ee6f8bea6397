/**
 * What of a model's motion is shown. A model's small errors are no motion: brows and wide lids only ever rise from zero,
 * so that what it adds by mistake has a mean above that, and everybody would look mildly astonished; and eyes that err
 * apart squint, or look through the viewer.
 */
import { CHANNEL } from '../contract/motion-frame.ts';

/**
 * `frame` with each coefficient as far as it rises above its knee (0 where it is shown as it is): nearly nothing below
 * it, softly, nearly all from twice as much, and 1 stays 1; and with both eyes looking the same way, as those of
 * people do beyond a metre. The model's own cache keeps what the model made.
 */
export function settledFrame(frame: Float32Array, knees: readonly number[] | undefined): Float32Array {
  const result = knees ? frame.map((value, channel) => settled(value, knees[channel])) : frame.slice();
  const { eyeLookOutLeft, eyeLookInLeft, eyeLookOutRight, eyeLookInRight } = CHANNEL;
  lookAlike(result, [eyeLookOutLeft, eyeLookInLeft], [eyeLookInRight, eyeLookOutRight]);
  const { eyeLookUpLeft, eyeLookDownLeft, eyeLookUpRight, eyeLookDownRight } = CHANNEL;
  lookAlike(result, [eyeLookUpLeft, eyeLookDownLeft], [eyeLookUpRight, eyeLookDownRight]);
  return result;
}

function settled(value: number, knee: number): number {
  if (knee === 0 || value <= 0) return value;
  return (value < 2 * knee ? value ** 2 / (4 * knee) : value - knee) / (1 - knee);
}

/** Channels of each eye for one way and for the opposite one. */
type Ways = readonly [there: number, back: number];

function lookAlike(frame: Float32Array, left: Ways, right: Ways): void {
  const way = 0.5 * (frame[left[0]] - frame[left[1]] + frame[right[0]] - frame[right[1]]);
  for (const [there, back] of [left, right]) {
    frame[there] = Math.max(0, way);
    frame[back] = Math.max(0, -way);
  }
}
