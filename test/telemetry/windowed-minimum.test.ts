import { expect, it } from 'vitest';
import { WindowedMinimum } from '../../src/telemetry/windowed-minimum.ts';

it('remembers the smallest value of this window and the one before', () => {
  const minimum = new WindowedMinimum(1000);
  expect(minimum.value).toBe(Number.POSITIVE_INFINITY);
  minimum.add(5, 0);
  minimum.add(9, 1000);
  expect(minimum.value).toBe(5);
  minimum.add(8, 1001);
  expect(minimum.value).toBe(5);
  minimum.add(9, 2002);
  expect(minimum.value).toBe(8);
  minimum.reset();
  minimum.add(20, 2003);
  expect(minimum.value).toBe(20);
});
