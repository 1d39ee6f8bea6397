import { describe, expect, it } from 'vitest';
import { createI420, type I420 } from '../../../../src/image/i420.ts';
import { Opening } from '../../../../src/render/warp/head/opening.ts';
import { lipEdges } from '../../../../src/render/warp/mouth/lip-edges.ts';
import type { Yuva } from '../../../../src/render/warp/pixels/sprite.ts';

const SIZE = 200;
const LIP = 150;
const SEAM = 40;

/** A mouth 100 pixels wide in the middle of a picture; its lips stand `gap` pixels apart. */
function opening(gap: number): Opening {
  const at = (x: number, y: number) => [x, y, 0];
  const points = Float32Array.from([
    ...at(50, 100),
    ...at(150, 100),
    ...[60, 100, 140].flatMap((x) => at(x, 100 - gap / 2)),
    ...[60, 100, 140].flatMap((x) => at(x, 100 + gap / 2)),
  ]);
  return new Opening(points, 1, 0, [2, 3, 4], [5, 6, 7], 1);
}

/** Lips with something dark along their edges. */
function picture(gap: number): I420 {
  const made = createI420(SIZE, SIZE);
  made.data.fill(128);
  for (let i = 0; i < SIZE * SIZE; i++) {
    const fromRim = Math.abs(Math.floor(i / SIZE) + 0.5 - 100) - gap / 2;
    made.data[i] = Math.abs(fromRim) < 2 ? SEAM : LIP;
  }
  return made;
}

/** Luma and opacity of what is drawn `into` pixels into the upper or the lower lip. */
function edge(gap: number, into: number, side: 'upper' | 'lower', ownParted = 0) {
  const mouth = opening(gap);
  const y = side === 'upper' ? 100 - gap / 2 - into : 100 + gap / 2 + into;
  const out: Yuva = [0, 0, 0, 0];
  mouth.locate(100.5, y);
  lipEdges(picture(gap), mouth, ownParted, [LIP, 120, 150]).draw(100.5, y, out);
  return { luma: out[0], red: out[2], opacity: out[3] };
}

describe('edges of lips', () => {
  it('have the colour of the lip where they part, not the dark of the seam', () => {
    const { luma, opacity } = edge(20, 0.5, 'lower');
    expect(opacity).toBeGreaterThan(0.95);
    expect(luma).toBeGreaterThan(0.85 * LIP);
  });

  it('curve into the shade of the upper lip, and leave the rest of the lip alone', () => {
    expect(edge(20, 0.5, 'upper').luma).toBeLessThan(edge(20, 0.5, 'lower').luma - 20);
    expect(edge(20, 8, 'upper').opacity).toBe(0);
  });

  it('are shaded less where the portrait shows the shade of parted lips itself', () => {
    const lost = ({ luma }: { luma: number }, of: number) => 1 - (luma - 16) / (of - 16);
    expect(lost(edge(20, 0.5, 'upper', 1), SEAM)).toBeLessThan(0.5 * lost(edge(20, 0.5, 'upper'), LIP));
  });

  it('are left as they are where lips touch that touch in the portrait', () => {
    expect(edge(0.5, 0.5, 'upper').opacity).toBe(0);
  });

  it('are never skin where the lip is thinner than is looked', () => {
    const SKIN = 220;
    const mouth = opening(0.5);
    const made = picture(0.5);
    const chroma = SIZE * SIZE;
    for (let i = 0; i < chroma; i++) {
      const isSkin = Math.abs(Math.floor(i / SIZE) + 0.5 - 100) > 6;
      if (isSkin) made.data[i] = SKIN;
      const at = (Math.floor(i / SIZE) >> 1) * (SIZE / 2) + ((i % SIZE) >> 1);
      made.data[chroma + chroma / 4 + at] = isSkin ? 135 : 165;
    }
    const out: Yuva = [0, 0, 0, 0];
    mouth.locate(100.5, 98.3);
    lipEdges(made, mouth, 1, [LIP, 128, 165]).draw(100.5, 98.3, out);
    expect(out[0]).toBeLessThan(LIP);
    expect(out[2]).toBeGreaterThan(155);
  });

  it('get a soft red seam where lips touch that are parted in the portrait, and none of the teeth’s shade beside it', () => {
    const [seam, near, beside] = [0.1, 1, 4.5].map((into) => edge(0.5, into, 'lower', 1));
    expect(seam.opacity).toBeGreaterThan(0.95);
    expect(seam.luma).toBeLessThan(0.7 * LIP);
    expect(seam.red).toBeGreaterThan(135);
    expect(near.luma).toBeGreaterThan(seam.luma + 15);
    expect(near.luma).toBeLessThan(0.9 * LIP);
    expect(beside.opacity === 0 || beside.luma > 0.9 * LIP).toBe(true);
  });
});
