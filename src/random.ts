/**
 * Everything here that is drawn by lot, from a seed: the same in every run.
 *
 * Kept instead of a library because the model's noise is addressed, not drawn in turn: a frame that is made again
 * after an interruption has to get the noise it had. Libraries have sequences only, which would need a hash of our
 * own before them.
 */

const UINT32 = 2 ** 32;

/** Uniform numbers in [0, 1), one after the other (mulberry32, period 2³²). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let hash = Math.imul(state ^ (state >>> 15), state | 1);
    hash ^= hash + Math.imul(hash ^ (hash >>> 7), hash | 61);
    return ((hash ^ (hash >>> 14)) >>> 0) / UINT32;
  };
}

/**
 * Uniform numbers in [0, 1), one after the other (Numerical Recipes' linear congruence). Only for what has been
 * chosen by it already: `randomNumbers` would put other, no better pieces of the scene behind every portrait.
 */
export function congruentialNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / UINT32;
  };
}

/**
 * Standard normal noise that depends only on (seed, frame index, channel): a frame that is made again after
 * an interruption gets the same noise, and a session can be repeated from its seed.
 *
 * 32-bit integer mixing as in MurmurHash3's finaliser, then Box–Muller.
 */
export function fillGaussian(target: Float32Array, seed: number, frameIndex: number): void {
  const stream = mix((seed ^ Math.imul(frameIndex + 1, 0x9e3779b1)) >>> 0);
  for (let i = 0; i < target.length; i += 2) {
    // The first uniform lies in (0, 1], so that its logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log((mix(stream + i) + 1) / UINT32));
    const angle = (2 * Math.PI * mix(stream ^ Math.imul(i + 1, 0x85ebca6b))) / UINT32;
    target[i] = radius * Math.cos(angle);
    if (i + 1 < target.length) target[i + 1] = radius * Math.sin(angle);
  }
}

function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
