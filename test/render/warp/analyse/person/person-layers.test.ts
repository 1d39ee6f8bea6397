import { describe, expect, it } from 'vitest';
import type { Plane } from '../../../../../src/image/planes.ts';
import { separatePerson } from '../../../../../src/render/warp/analyse/person/person-layers.ts';

const SIZE = 256;
const BACKGROUND = [180, 120, 140];
const HAIR = [30, 128, 128];

/** A dark head in the middle of an even picture; `paint` changes single pixels, `matteOf` what was found of it. */
function portrait(
  matteOf: (x: number, y: number, alpha: number) => number,
  paint: (x: number, y: number) => readonly number[] | undefined = () => undefined,
) {
  const inside = (x: number, y: number) => Math.hypot(x - 128, y - 128) < 70;
  const plane = (value: (x: number, y: number) => number): Plane =>
    Float32Array.from({ length: SIZE * SIZE }, (_, i) => value(i % SIZE, Math.floor(i / SIZE)));
  const colour = (x: number, y: number) => paint(x, y) ?? (inside(x, y) ? HAIR : BACKGROUND);
  const yuv = [0, 1, 2].map((c) => plane((x, y) => colour(x, y)[c])) as [Plane, Plane, Plane];
  const found = plane((x, y) => matteOf(x, y, inside(x, y) ? 1 : 0));
  const layers = separatePerson(yuv, found, SIZE);
  const shown = (x: number, y: number) => {
    const i = y * SIZE + x;
    const alpha = layers.matte[i];
    return alpha * layers.person.y[i] + (1 - alpha) * layers.background.y[i];
  };
  return { ...layers, yuv, shown };
}

const isHole = (x: number, y: number) => Math.abs(x - 110) < 10 && Math.abs(y - 128) < 30;
const isGap = (x: number, y: number) => Math.abs(x - 128) < 4 && y > 100 && y < 150;

describe('person and background', () => {
  it('fills holes of the matte in what looks like the person around', () => {
    const { matte, shown } = portrait((x, y, alpha) => (isHole(x, y) ? 0.2 : alpha));
    expect(matte[128 * SIZE + 110]).toBeGreaterThan(0.95);
    expect(shown(110, 128)).toBeCloseTo(HAIR[0], -0.5);
  });

  it('keeps what is seen through a gap, where it was taken for half a person', () => {
    const seen = [225, 120, 140];
    const { matte, background, shown } = portrait(
      (x, y, alpha) => (isGap(x, y) ? 0.25 : alpha),
      (x, y) => (isGap(x, y) ? seen : undefined),
    );
    expect(matte[128 * SIZE + 128]).toBeLessThan(0.05);
    expect(Math.abs(background.y[128 * SIZE + 128] - seen[0])).toBeLessThan(4);
    expect(Math.abs(shown(128, 128) - seen[0])).toBeLessThan(4);
  });

  it('gives hair to the person that the matte missed beside it', () => {
    const isMissed = (x: number, y: number) => {
      const away = Math.hypot(x - 128, y - 128);
      return away >= 70 && away < 72 && Math.abs(y - 128) < 20;
    };
    const { matte, background } = portrait(
      (_x, _y, alpha) => alpha,
      (x, y) => (isMissed(x, y) ? HAIR : undefined),
    );
    for (const x of [198, 199]) {
      expect(matte[128 * SIZE + x]).toBeGreaterThan(0.9);
      expect(Math.abs(background.y[128 * SIZE + x] - BACKGROUND[0])).toBeLessThan(8);
    }
  });

  it('takes what lies between hair and background in colour for single hairs, and for no gap', () => {
    const isStrand = (x: number, y: number) => Math.abs(x - 199) < 1.5 && Math.abs(y - 128) < 12;
    const half = HAIR.map((value, c) => 0.5 * (value + BACKGROUND[c]));
    const { matte, background, shown } = portrait(
      (_x, _y, alpha) => alpha,
      (x, y) => (isStrand(x, y) ? half : undefined),
    );
    const strand = 128 * SIZE + 199;
    expect(Math.abs(matte[strand] - 0.5)).toBeLessThan(0.15);
    expect(Math.abs(background.y[strand] - BACKGROUND[0])).toBeLessThan(12);
    expect(Math.abs(shown(199, 128) - half[0])).toBeLessThan(12);
  });

  it('corrects a faint matte by what the picture shows there', () => {
    const halo = (x: number, y: number) => Math.abs(Math.hypot(x - 128, y - 128) - 73) < 0.5;
    const mixed = (x: number, y: number) => halo(x, y) && y < 128;
    const half = HAIR.map((value, c) => 0.5 * (value + BACKGROUND[c]));
    const { matte, shown } = portrait(
      (x, y, alpha) => (halo(x, y) ? 0.2 : alpha),
      (x, y) => (mixed(x, y) ? half : undefined),
    );
    const [above, below] = [55 * SIZE + 128, 201 * SIZE + 128];
    expect(Math.abs(matte[above] - 0.5)).toBeLessThan(0.1);
    expect(Math.abs(shown(128, 55) - half[0])).toBeLessThan(8);
    expect(matte[below]).toBeLessThan(0.05);
  });

  it('leaves soft edges as they are, which a mixture explains', () => {
    const edge = (x: number, y: number) => Math.min(1, Math.max(0, (72 - Math.hypot(x - 128, y - 128)) / 4));
    const mixed = (x: number, y: number) =>
      HAIR.map((value, c) => edge(x, y) * value + (1 - edge(x, y)) * BACKGROUND[c]);
    const { matte, shown, yuv } = portrait(edge, mixed);
    for (let x = 180; x < 210; x++) {
      expect(Math.abs(matte[128 * SIZE + x] - edge(x, 128))).toBeLessThan(0.1);
      expect(Math.abs(shown(x, 128) - yuv[0][128 * SIZE + x])).toBeLessThan(8);
    }
  });
});
