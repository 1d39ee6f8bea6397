import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { TokenBucket } from '../../src/budget/token-bucket.ts';
import { type Flow, MessageIntake } from '../../src/connection/message-intake.ts';

const PATIENCE = { timeout: 15_000 };
const message = (value: number) => Uint8Array.of(value);

function intakeWith(options: { burst?: number; ratePerS?: number; flow?: Flow; workMs?: number }) {
  const { burst = 1000, ratePerS = 1000, workMs = 0, flow } = options;
  // Time passes by work alone, not by what else the machine does.
  let workedMs = 0;
  const handled: number[] = [];
  const events: string[] = [];
  const intake = new MessageIntake({
    bucket: new TokenBucket({ burst, ratePerS }),
    handle: ([value]) => {
      workedMs += workMs;
      handled.push(value);
      return 1;
    },
    onWait: () => events.push('wait'),
    onFlood: () => events.push('flood'),
    now: () => workedMs,
    ...(flow && { flow }),
  });
  return { intake, handled, events };
}

it('passes on at once what the budget allows', () => {
  const { intake, handled, events } = intakeWith({});
  for (let i = 0; i < 100; i++) intake.take(message(i));
  expect(handled).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(events).toEqual([]);
});

it('makes the peer wait where the budget is spent, loses nothing and keeps the order', async () => {
  const flow: string[] = [];
  const { intake, handled, events } = intakeWith({
    burst: 3,
    // So slow that none is earned while the others are brought.
    ratePerS: 2,
    flow: { pause: () => flow.push('pause'), resume: () => flow.push('resume') },
  });
  for (let i = 0; i < 5; i++) intake.take(message(i));
  expect(handled).toEqual([0, 1, 2]);
  expect(flow).toEqual(['pause']);
  await expect.poll(() => handled, PATIENCE).toEqual([0, 1, 2, 3, 4]);
  await expect.poll(() => flow.at(-1), PATIENCE).toBe('resume');
  expect(events).toContain('wait');
});

it('lets others have their turn while one peer brings much work', async () => {
  const { intake, handled } = intakeWith({ workMs: 1 });
  for (let i = 0; i < 50; i++) intake.take(message(i));
  expect(handled.length).toBeLessThan(20);
  let turns = 0;
  for (; handled.length < 50; turns++) await new Promise(setImmediate);
  expect(turns).toBeGreaterThan(4);
});

it('gives up a peer that goes on and cannot be made to wait', () => {
  const { intake, handled, events } = intakeWith({ burst: 1, ratePerS: 0.001 });
  for (let i = 0; i < 5000; i++) intake.take(message(1));
  expect(events).toEqual(['flood']);
  expect(handled).toEqual([1]);
});

it('does what a peer has sent before it left, as far as it was paid for', async () => {
  const { intake, handled } = intakeWith({ burst: 40, ratePerS: 0.001, workMs: 1 });
  for (let i = 0; i < 60; i++) intake.take(message(i));
  intake.finish();
  expect(handled).toHaveLength(40);
  intake.take(message(99));
  await sleep(5);
  expect(handled).toHaveLength(40);
});
