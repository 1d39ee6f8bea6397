/** From this share of the highest peak on a sample may have been cut: codecs make flat tops wavy. */
const TOP = 0.65;
/** A voice that was turned up too far is loud; the last bit of silence is not. */
const LEAST_PEAK = 0.1;
/** Below this share of the highest peak nobody talks. */
const QUIET = 0.02;
/** A voice that is whole has 2 % of its samples that high, one that was turned up 15 times too far 38 %. */
const OVERDRIVEN_SHARE = 0.15;
/** Samples beside a top that tell how steep the voice was there. */
const EDGE = 3;
/** Of the first-order low-pass that takes away most of what cutting has added above the voice. */
const SMOOTHING = 0.45;

/**
 * Gives a voice that was cut off at the top its peaks back, as far as they can be guessed: each top becomes a cubic
 * that is as steep at both ends as the voice is beside it (cubic Hermite interpolation). A motion model that hears the
 * cut voice hears no difference between vowels and what lies between them. The level is not that of the voice.
 *
 * @param samples `Float32Array` at 16 kHz, some seconds
 * @returns `samples` itself where nothing was cut
 */
export function restorePeaks(samples: Float32Array): Float32Array {
  let peak = 0;
  for (let i = 0; i < samples.length; i++) {
    const height = Math.abs(samples[i]);
    if (height > peak) peak = height;
  }
  if (peak < LEAST_PEAK) return samples;
  const top = TOP * peak;
  const quiet = QUIET * peak;
  let high = 0;
  let audible = 0;
  for (let i = 0; i < samples.length; i++) {
    const height = Math.abs(samples[i]);
    high += height > top ? 1 : 0;
    audible += height > quiet ? 1 : 0;
  }
  if (high <= OVERDRIVEN_SHARE * audible) return samples;
  const restored = samples.slice();
  for (let from = 1; from < samples.length; from++) {
    if (Math.abs(samples[from]) <= top) continue;
    const sign = Math.sign(samples[from]);
    let to = from;
    while (to < samples.length && samples[to] * sign > top) to++;
    drawTop(restored, {
      from,
      to,
      sign,
      top,
      rise: steepness(samples, from, -1),
      fall: steepness(samples, to, 1),
    });
    from = to - 1;
  }
  let smooth = 0;
  return restored.map((sample) => {
    smooth += (1 - SMOOTHING) * (sample - smooth);
    return smooth;
  });
}

/** Largest step between neighbours at an edge, away from the top. */
function steepness(samples: Float32Array, edge: number, away: 1 | -1): number {
  let steepest = 0;
  for (let n = 0; n < EDGE; n++) {
    const at = edge + away * n;
    if (at < 1 || at >= samples.length) break;
    steepest = Math.max(steepest, Math.abs(samples[at] - samples[at - 1]));
  }
  return steepest;
}

function drawTop(
  samples: Float32Array,
  { from, to, sign, top, rise, fall }: Record<'from' | 'to' | 'sign' | 'top' | 'rise' | 'fall', number>,
): void {
  const length = to - from + 1;
  for (let i = from; i < to; i++) {
    const t = (i - from + 0.5) / length;
    const above = length * (rise * t * (1 - t) ** 2 + fall * t ** 2 * (1 - t));
    samples[i] = sign * (top + above);
  }
}
