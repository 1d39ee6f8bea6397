import { expect, it } from 'vitest';
import { allBudgets, createBudgets } from '../../src/budget/budgets.ts';

it('has a name for each budget, and takes figures by the minute', () => {
  const budgets = createBudgets({ sessionsPerMinute: 30, uploadsPerMinute: 0, offersPerMinute: 1 });
  const names = allBudgets(budgets).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  expect(budgets.sessions.limit).toBe(12);
  expect(budgets.uploads.limit).toBe(Number.POSITIVE_INFINITY);
  expect(budgets.offers.limit).toBe(1);
});
