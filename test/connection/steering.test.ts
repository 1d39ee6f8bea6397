import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Steering } from '../../src/connection/steering.ts';
import type { ControlsPatch } from '../../src/contract/controls.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('applies many changes between two pictures as one, the last of each', () => {
  const applied: ControlsPatch[] = [];
  const steering = new Steering(25, (patch) => applied.push(patch));
  steering.take({ distance: 0.1 });
  expect(applied).toEqual([{ distance: 0.1 }]);
  for (let i = 0; i < 100; i++) steering.take({ head: { yaw: i / 1000 } });
  steering.take({ head: { pitch: 0.2 }, gaze: 'camera' });
  expect(applied).toHaveLength(1);
  vi.advanceTimersByTime(40);
  expect(applied).toHaveLength(2);
  expect(applied[1]).toEqual({ head: { yaw: 0.099, pitch: 0.2 }, gaze: 'camera' });
  steering.take({ distance: 0.3 });
  steering.close();
});
