import { expect, it } from 'vitest';
import { CountedBudget } from '../../src/budget/counted-budget.ts';

it('is given back once, however often it is said', () => {
  const budget = new CountedBudget('bytes', 10, 'bytes');
  const giveBack = budget.take('a', 10);
  expect(() => budget.take('b', 1)).toThrow(
    expect.objectContaining({ code: 'server_busy', retryAfterS: expect.any(Number) }),
  );
  giveBack();
  giveBack();
  expect(budget).toMatchObject({ limit: 10, used: 0, refusals: 1 });
  budget.take('b', 10);
});

it('leaves something for others', () => {
  const budget = new CountedBudget('slots', 4, 'uploads', { limitOfOne: 2 });
  const first = budget.take('a');
  budget.take('a');
  expect(() => budget.take('a')).toThrow(expect.objectContaining({ code: 'too_many_requests' }));
  budget.take('b');
  first();
  budget.take('a');
  expect(budget.used).toBe(3);
});
