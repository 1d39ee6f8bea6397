import { describe, expect, it } from 'vitest';
import { FITS, type Fit, squareFormat } from '../../../../src/contract/formats.ts';
import { CHIN, LANDMARK_COUNT } from '../../../../src/face/topology.ts';
import { frameHead } from '../../../../src/render/warp/head/framing.ts';

/** Heads in portraits, view fractions: usual, close, far, beside the middle, with much hair. */
const HEADS = [
  { top: 0.12, left: 0.25, right: 0.75, chin: 0.74 },
  { top: 0.05, left: 0.15, right: 0.85, chin: 0.9 },
  { top: 0.2, left: 0.36, right: 0.64, chin: 0.52 },
  { top: 0.08, left: 0.1, right: 0.5, chin: 0.6 },
  { top: 0.02, left: 0.17, right: 0.83, chin: 0.73 },
];
const SHAPES = [
  [512, 512],
  [1080, 1920],
  [1920, 1080],
  [768, 1024],
  [1024, 576],
  [1920, 768],
] as const;

function frame(
  { chin, ...head }: (typeof HEADS)[number],
  [width, height]: readonly [number, number],
  fit: Fit,
) {
  const portrait = new Float32Array(3 * LANDMARK_COUNT);
  portrait[3 * CHIN + 1] = chin;
  const limits = { glasses: 0, lipsSeen: true, smile: 0, headCutOff: 0, detail: 0.2 };
  return frameHead({ head, portrait, limits }, { width, height, fit });
}

describe('framing', () => {
  it.each(HEADS)('shows all of the portrait %j in a square, pixel by pixel', (head) => {
    for (const side of [256, 512, 1080]) {
      const { width, height, fit } = squareFormat(side);
      expect(frame(head, [width, height], fit)).toMatchObject({ x: 0, y: 0, pixelsPerView: side });
    }
  });

  describe.each(SHAPES)('in %i×%i', (...shape) => {
    it.each(HEADS)('keeps the head %j inside, and shows nothing below the portrait', (head) => {
      for (const fit of FITS) {
        const framing = frame(head, shape, fit);
        expect(framing.bottom).toBeLessThanOrEqual(1);
        expect(framing.bottom).toBeGreaterThan(head.chin);
        expect(framing.top).toBeLessThan(head.top + 0.003);
        // Hair may be cut at the sides of narrow pictures, faces are not.
        const [middle, across] = [(head.left + head.right) / 2, (head.right - head.left) / 2];
        expect(framing.left).toBeLessThan(middle - 0.7 * across);
        expect(framing.right).toBeGreaterThan(middle + 0.7 * across);
      }
    });

    it.each(HEADS)('comes nearer to %j from fit to fit', (head) => {
      const scales = FITS.map((fit) => frame(head, shape, fit).pixelsPerView);
      expect(scales).toEqual(scales.toSorted((a, b) => a - b));
    });

    it.each(HEADS)('has room above %j, but not too much', (head) => {
      for (const fit of FITS) {
        const { top, bottom } = frame(head, shape, fit);
        const above = (head.top - top) / (bottom - top);
        expect(above).toBeLessThan(0.25);
        if (fit !== 'portrait') expect(above).toBeGreaterThan(0.045);
      }
    });
  });

  it('shows a head that the portrait cuts off no farther than to there', () => {
    for (const shape of SHAPES) {
      for (const fit of FITS) {
        expect(frame({ ...HEADS[0], top: 0 }, shape, fit).top).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('has even measures, so that chroma lies on pixels, too', () => {
    for (const shape of SHAPES) {
      const { x, y, pixelsPerView } = frame(HEADS[3], shape, 'head');
      expect([x % 2, y % 2, pixelsPerView % 2].map(Math.abs)).toEqual([0, 0, 0]);
    }
  });
});
