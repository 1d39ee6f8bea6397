/**
 * What of a model's motion is shown of channels that rest at zero. Brows and wide lids only ever rise from there: the
 * model's small errors and what it always adds to speech have a mean above zero, and without this everybody would look
 * mildly astonished. A raise that is meant stands out of that, and is shown as it is.
 */

/**
 * `frame` with each coefficient as far as it rises above its knee (0 where it is shown as it is): nearly nothing below
 * it, softly, nearly all from twice as much, and 1 stays 1. The model's own cache keeps what the model made.
 */
export function settledFrame(frame: Float32Array, knees: readonly number[] | undefined): Float32Array {
  return knees ? frame.map((value, channel) => settled(value, knees[channel])) : frame;
}

function settled(value: number, knee: number): number {
  if (knee === 0 || value <= 0) return value;
  return (value < 2 * knee ? value ** 2 / (4 * knee) : value - knee) / (1 - knee);
}
