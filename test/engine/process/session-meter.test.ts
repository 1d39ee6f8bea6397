import { expect, it } from 'vitest';
import { SessionMeter } from '../../../src/engine/process/session-meter.ts';

it('begins a picture the earlier, the more sessions share the thread, within bounds', () => {
  const meter = new SessionMeter('cpu');
  const leads = [1, 2, 8, 100].map((sharers) => meter.pictureLeadMs(sharers));
  expect(leads[0]).toBeGreaterThan(6);
  expect(leads).toEqual(leads.toSorted((a, b) => a - b));
  expect(leads[1]).toBeGreaterThan(leads[0]);
  expect(leads[3]).toBe(leads[2]);
});
