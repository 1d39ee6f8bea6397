import { expect, it } from 'vitest';
import { SharedWork } from '../../src/avatar/shared-work.ts';

/** Work that ends when the test says. */
function scripted() {
  const shared = new SharedWork<string>();
  const started: (PromiseWithResolvers<string> & { signal: AbortSignal })[] = [];
  const ask = (signal?: AbortSignal) =>
    shared.run(
      'key',
      (given) => {
        const work = { ...Promise.withResolvers<string>(), signal: given };
        started.push(work);
        return work.promise;
      },
      signal,
    );
  return { shared, started, ask };
}

it('does work once for all who ask at the same time', async () => {
  const { shared, started, ask } = scripted();
  const asked = [ask(), ask()];
  expect([started.length, shared.size]).toEqual([1, 1]);
  started[0].resolve('done');
  expect(await Promise.all(asked)).toEqual(['done', 'done']);
  void ask();
  expect(started).toHaveLength(2);
});

it('gives work up when the last one leaves, and then begins anew', async () => {
  const { started, ask } = scripted();
  const [first, second] = [new AbortController(), new AbortController()];
  const asked = [ask(first.signal), ask(second.signal)];
  first.abort();
  expect(started[0].signal.aborted).toBe(false);
  second.abort();
  expect(started[0].signal.aborted).toBe(true);
  const anew = ask();
  expect(started).toHaveLength(2);
  started[0].reject(new Error('given up'));
  for (const one of asked) await expect(one).rejects.toThrow('given up');
  started[1].resolve('done');
  expect(await anew).toBe('done');
});

it('goes on for whoever cannot leave', () => {
  const { started, ask } = scripted();
  const gone = new AbortController();
  void ask();
  void ask(gone.signal);
  gone.abort();
  expect(started[0].signal.aborted).toBe(false);
});
