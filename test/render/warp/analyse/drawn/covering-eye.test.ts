import { describe, expect, it } from 'vitest';
import type { Plane } from '../../../../../src/image/planes.ts';
import { coveringEye } from '../../../../../src/render/warp/analyse/drawn/covering-eye.ts';
import { type CutOut, grown, planeOf } from '../../../../../src/render/warp/analyse/drawn/patch.ts';

const SIZE = 180;
const [MIDDLE, RADIUS] = [90, 40];
const [SKIN, INK, SOFT_EDGE, STRAND] = [200, 30, 115, 150];

const column = (i: number) => i % SIZE;
const row = (i: number) => Math.floor(i / SIZE);
const away = (i: number) => Math.hypot(column(i) - MIDDLE, row(i) - MIDDLE);
/** The line around the eye is 12 texels thick, and was found 10 thick on its left, 15 on its right. */
const LINE = 12;
const found = (i: number) => (column(i) < MIDDLE ? 10 : 15);

/** An eye with a round line, whose edge is soft, and what `over` draws over all. */
function eye(over: (i: number) => boolean): Plane {
  const luma = planeOf(SIZE, (i) => {
    if (over(i)) return STRAND;
    const beyond = away(i) - RADIUS;
    if (beyond <= 0) return 90;
    return beyond < LINE ? INK : beyond < LINE + 2 ? SOFT_EDGE : SKIN;
  });
  const opening = planeOf(SIZE, (i) => Number(away(i) <= RADIUS));
  const lashRoom = planeOf(SIZE, (i) => Number(away(i) > RADIUS && away(i) < RADIUS + found(i)));
  const chroma = planeOf(SIZE, () => 128);
  const patch: CutOut = {
    origin: [0, 0],
    step: [1 / SIZE, 0],
    size: SIZE,
    planes: [luma, chroma, chroma],
    toPatch: ([x, y]) => [x * SIZE, y * SIZE],
  };
  const zone = grown(
    opening.map((value, i) => Math.max(value, lashRoom[i])),
    SIZE,
    2,
  );
  const likeness = planeOf(SIZE, (i) => Number(luma[i] === SKIN));
  const iris = planeOf(SIZE, (i) => Number(away(i) < 20));
  return coveringEye(patch, { opening, lashRoom, zone, likeness, iris })!;
}

describe('coveringEye', () => {
  it('leaves the soft edge of a thick line to the eye', () => {
    expect(Math.max(...eye(() => false))).toBe(0);
  });

  it.each([
    ['thick', 12],
    ['thin', 3],
  ])('finds a strand before an eye: %s', (_, width) => {
    const before = eye((i) => Math.abs(column(i) - 75) < width / 2 && row(i) < 80);
    expect(before[70 * SIZE + 75]).toBeGreaterThan(0.9);
    expect(before[70 * SIZE + 100]).toBe(0);
  });
});
