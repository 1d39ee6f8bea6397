import { expect, it } from 'vitest';
import { nearestOffsets } from '../../bench/peer-server/bench.ts';
import {
  BRIGHT,
  CLOCK_BITS,
  CLOCK_CELL,
  DARK,
  FLASH_CELL,
  MARK_MS,
  paintMarks,
  SIZE,
} from '../../bench/peer-server/material.ts';

it('paints the wall clock so that the middle of each square tells its bit, and a flash every second', () => {
  const luma = new Uint8Array(SIZE * SIZE).fill(126);
  const wallMs = 1_795_000_123_457;
  paintMarks(luma, wallMs, 3000);
  let read = 0;
  for (let bit = 0; bit < CLOCK_BITS; bit++) {
    const middle = luma[(CLOCK_CELL / 2) * SIZE + (bit + 0.5) * CLOCK_CELL];
    expect([DARK, BRIGHT]).toContain(middle);
    if (middle === BRIGHT) read += 2 ** bit;
  }
  expect(read).toBe(wallMs % 2 ** CLOCK_BITS);
  const corner = (SIZE - FLASH_CELL / 2) * SIZE + SIZE - FLASH_CELL / 2;
  expect(luma[corner]).toBe(BRIGHT);
  paintMarks(luma, wallMs, 3000 + MARK_MS);
  expect(luma[corner]).toBe(DARK);
  expect(luma[(SIZE / 2) * SIZE]).toBe(126);
});

it('pairs each flash with the nearest beep, and none with one half a second away', () => {
  expect(nearestOffsets([1000, 2000, 3000], [990, 2030, 3600])).toEqual([-10, 30]);
  expect(nearestOffsets([1000], [])).toEqual([]);
});
