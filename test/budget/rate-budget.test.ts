import { expect, it } from 'vitest';
import { RateBudget } from '../../src/budget/rate-budget.ts';

it('gives every key a rate of its own and says when to come back', () => {
  const budget = new RateBudget('sessions', { ratePerS: 0.1, burst: 2 }, 'sessions', () => 0);
  budget.take('a');
  budget.take('a');
  expect(() => budget.take('a')).toThrow(
    expect.objectContaining({ code: 'too_many_requests', retryAfterS: 10, detail: 'too many sessions' }),
  );
  budget.take('b');
  expect(budget).toMatchObject({ name: 'sessions', limit: 2, used: 2, refusals: 1 });
});

it('without a rate refuses nobody', () => {
  const budget = new RateBudget('sessions', undefined, 'sessions');
  for (let i = 0; i < 1000; i++) budget.take('a');
  expect(budget).toMatchObject({ limit: Number.POSITIVE_INFINITY, used: 0, refusals: 0 });
});

it('forgets those who have used nothing for long, and the first where all are busy', () => {
  let nowMs = 0;
  const budget = new RateBudget('sessions', { ratePerS: 1, burst: 1 }, 'sessions', () => nowMs);
  for (let i = 0; i < 10_000; i++) budget.take(`${i}`);
  budget.take('one more');
  budget.take('0');
  expect(() => budget.take('9999')).toThrow();
  nowMs = 2000;
  budget.take('after a while');
  expect(budget.used).toBe(1);
});
