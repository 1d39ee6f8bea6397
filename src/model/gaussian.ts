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
    const radius = Math.sqrt(-2 * Math.log((mix(stream + i) + 1) / 4294967296));
    const angle = (2 * Math.PI * mix(stream ^ Math.imul(i + 1, 0x85ebca6b))) / 4294967296;
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
