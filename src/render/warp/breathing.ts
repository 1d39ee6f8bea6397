/** Slow breathing of the body, from media time alone, so that a session breathes on through every state. */

/** Twelve to seventeen breaths a minute, as people at rest; each avatar's own, by its seed. */
const PERIOD_RANGE_S = [3.6, 5];
/** Breathing in is quicker than breathing out, after which people rest a little. */
const INHALE_SHARE = 0.38;
const EXHALE_SHARE = 0.5;
/** The depth of breaths wanders by this share, over some tens of seconds. */
const DEPTH_WANDER = 0.25;

/** How far the chest is raised, 0 (breathed out) to 1 (a usual breath in). Same seed, same breath. */
export function breathAt(mediaTimeMs: number, seed: number): number {
  const own = fraction(seed * 0.618033988749895);
  const period = PERIOD_RANGE_S[0] + own * (PERIOD_RANGE_S[1] - PERIOD_RANGE_S[0]);
  const breaths = mediaTimeMs / 1000 / period + fraction(seed * 0.754877666246693);
  const phase = fraction(breaths);
  const raised =
    phase < INHALE_SHARE
      ? ease(phase / INHALE_SHARE)
      : ease(1 - Math.min(1, (phase - INHALE_SHARE) / EXHALE_SHARE));
  const depth = 1 - DEPTH_WANDER * (0.5 + 0.5 * Math.sin(0.9 * breaths + 6.283 * own));
  return depth * raised;
}

function fraction(value: number): number {
  return value - Math.floor(value);
}

/** Half a cosine: starts and ends at rest. */
function ease(t: number): number {
  return 0.5 - 0.5 * Math.cos(Math.PI * t);
}
