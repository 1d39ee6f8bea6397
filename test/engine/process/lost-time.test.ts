import { expect, it } from 'vitest';
import { LostTime } from '../../../src/engine/process/lost-time.ts';

it('tells at once, then once in ten seconds what was lost meanwhile', () => {
  let second = 0;
  const told: string[] = [];
  const lost = new LostTime((message) => told.push(`${second}: ${message}`));
  for (; second < 30; second++) lost.add(100, 1000 * second);
  expect(told).toEqual([
    '0: The machine was too busy: 100 ms were lost.',
    '10: The machine was too busy: 1000 ms were lost.',
    '20: The machine was too busy: 1000 ms were lost.',
  ]);
});
