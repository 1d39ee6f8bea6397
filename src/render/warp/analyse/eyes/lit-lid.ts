/** The light on a shut lid. */
import type { Yuv } from '../../../../image/colour.ts';
import { type Plane, smoothstep } from '../../../../image/planes.ts';
import type { EyePatch } from './iris-fit.ts';

/**
 * How much more light it takes than the skin around an open eye: of 114 levels on path-traced people, that skin lacks 24.
 * Full inside of an opening so much higher than the eye's, and none so far outside of it, in eye widths.
 */
const LIGHT = 0.17;
const WITHIN = [-0.15, 0.08] as const;
const HIGHER = 0.17;
/** Of the light of the face's skin, it has no more than this. */
const LIGHTEST = 0.9;

/**
 * A shut lid lies round on the eyeball and turns to the light; the skin that it is made of lies in the shade of lashes and
 * folds. `lid`: planes Y, U, V of the patch, `skin`: of the face. More light brings half as much more colour.
 */
export function litLid(
  [luma, ...colour]: readonly Plane[],
  { inside, size, width, extent }: Pick<EyePatch, 'inside' | 'size' | 'width' | 'extent'>,
  skin: Yuv,
): Plane[] {
  const perWidth = (width / extent) * size;
  const higher = Math.round(HIGHER * perWidth) * size;
  const gain = luma.map((value, i) => {
    const within = (inside[i + higher] ?? Number.NEGATIVE_INFINITY) / perWidth;
    const most = Math.max(1, (LIGHTEST * (skin[0] - 16)) / Math.max(1, value - 16));
    return Math.min(most, 1 + LIGHT * smoothstep(...WITHIN, within));
  });
  const more = (plane: Plane, zero: number, amount: (gain: number) => number) =>
    plane.map((value, i) => zero + amount(gain[i]) * (value - zero));
  return [more(luma, 16, (by) => by), ...colour.map((plane) => more(plane, 128, Math.sqrt))];
}
