/**
 * How much light falls on what lies behind the lips. Most of it comes from the front and above, past the upper lip, which
 * throws its shadow on the teeth next to it; the rest comes past the lower one.
 */

/** Share of the light that the upper lip lets through. */
const PAST_UPPER_LIP = 0.85;

/**
 * Levels of luma against full light, 0..1: square roots, since levels are. Centimetres below the upper lip, above the
 * lower one, from the nearer corner, and behind them all.
 */
export function lightBetweenLips(
  belowUpperCm: number,
  aboveLowerCm: number,
  asideCm: number,
  behindCm: number,
): number {
  const squared = behindCm * behindCm;
  const through = (cm: number) => cm / Math.sqrt(cm * cm + squared);
  const upright = PAST_UPPER_LIP * through(belowUpperCm) + (1 - PAST_UPPER_LIP) * through(aboveLowerCm);
  return Math.sqrt(upright * through(asideCm));
}
