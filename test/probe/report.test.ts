import { expect, it } from 'vitest';
import { type Finding, reportOf, tableOf } from '../../src/probe/report.ts';

const met: Finding = { name: 'one', value: -45, unit: 'ms', bar: 45 };

it('is passed where every bar is met', () => {
  const report = reportOf('somewhere', [met, { name: 'two', value: 1e6, unit: 'ms' }], new Date(0));
  expect(report).toMatchObject({ endpoint: 'somewhere', at: '1970-01-01T00:00:00.000Z', passed: true });
  expect(tableOf(report)).toMatch(/one +-45 ms +≤ 45 ms +met\n/);
});

it.each([-46, 46, undefined])('is not passed with %s where 45 is the most', (value) => {
  const report = reportOf('somewhere', [met, { ...met, value }]);
  expect(report.passed).toBe(false);
  expect(tableOf(report)).toMatch(/MISSED/);
});
