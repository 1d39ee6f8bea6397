import { expect, it } from 'vitest';
import { sequenceDistance } from '../../src/audio/rtp-sequence.ts';

it('counts across the wrap of 16 bits', () => {
  expect(sequenceDistance(65_535, 2)).toBe(3);
  expect(sequenceDistance(2, 65_535)).toBe(-3);
  expect(sequenceDistance(7, 7)).toBe(0);
});
