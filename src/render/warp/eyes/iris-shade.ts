/** The shade of an upper lid and its lashes on the iris below it, which stays with the lid. */
import { clamp } from '../../../image/planes.ts';

/** It is told in steps of so many eye widths below the lid's edge; farther down there is none. */
export const SHADE_STEP = 0.02;
export const SHADE_STEPS = 8;

/** Share of the light that is left `distance` (eye widths) below the lid. `shade`: in the middle of each step. */
export function irisShadeAt(shade: readonly number[], distance: number): number {
  const place = clamp(distance / SHADE_STEP - 0.5, 0, SHADE_STEPS);
  const step = Math.floor(place);
  const near = step < shade.length ? shade[step] : 1;
  const far = step + 1 < shade.length ? shade[step + 1] : 1;
  return near + (place - step) * (far - near);
}
