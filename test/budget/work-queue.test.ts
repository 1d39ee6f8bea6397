import { expect, it } from 'vitest';
import { WorkQueue } from '../../src/budget/work-queue.ts';

it('does so much at a time, lets so much wait, and refuses the rest at once', async () => {
  const queue = new WorkQueue('pictures', { concurrency: 2, mostWaiting: 1 }, 'pictures');
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  const runs = [queue.run(work), queue.run(work), queue.run(work)];
  expect(queue).toMatchObject({ limit: 3, used: 3 });
  await expect(queue.run(work)).rejects.toThrow(
    expect.objectContaining({ code: 'server_busy', retryAfterS: expect.any(Number) }),
  );
  expect(ends.length).toBe(2);
  ends[0]();
  await runs[0];
  await expect.poll(() => ends.length).toBe(3);
  ends[1]();
  ends[2]();
  await Promise.all(runs);
  expect(queue).toMatchObject({ used: 0, refusals: 1 });
});

it('goes on after work that fails', async () => {
  const queue = new WorkQueue('pictures', { concurrency: 1, mostWaiting: 1 }, 'pictures');
  const failed = queue.run(async () => {
    throw new Error('no picture');
  });
  const next = queue.run(async () => 'done');
  await expect(failed).rejects.toThrow('no picture');
  await expect(next).resolves.toBe('done');
});
