import { expect, it } from 'vitest';
import { DrawingPace } from '../../../src/client/draw/drawing-pace.ts';

const WARM_AND_WINDOW = 75;

function paceOf(...works: (number | 'missed')[]): DrawingPace {
  const pace = new DrawingPace(40);
  for (let i = 0; i < WARM_AND_WINDOW; i++) pace.add(works[i % works.length]);
  return pace;
}

it('says nothing before it has seen enough, and forgets what code costs at first', () => {
  const pace = new DrawingPace(40);
  for (let i = 0; i < 25; i++) pace.add(200);
  for (let i = 0; i < 49; i++) pace.add(8);
  expect(pace.slow).toBeUndefined();
  pace.add(8);
  expect(pace.slow).toBe(false);
  expect(pace.medianMs).toBe(8);
});

it.each([
  ['quick', [8], false],
  ['nearly all of the time', [35], true],
  ['a hiccup now and then', [8, 8, 8, 8, 8, 8, 8, 8, 8, 'missed'], false],
  ['one of three left out', [8, 8, 'missed'], true],
] as const)('%s', (_, works, slow) => {
  expect(paceOf(...works).slow).toBe(slow);
});
