import { afterAll, beforeAll, it } from 'vitest';
import { expectNothingFound } from './expect-nothing-found.ts';
import { FuzzedServer } from './fuzzed-server.ts';
import { TARGETS } from './targets.ts';

/** The first start analyses the gallery, on a machine that may be busy. */
const SLOW_MS = 180_000;
const targets = TARGETS.filter(({ onServer, runsInSuite }) => onServer && runsInSuite > 0).map(
  (target) => [target.name, target] as const,
);

let server: FuzzedServer;
beforeAll(async () => {
  server = await FuzzedServer.start();
}, SLOW_MS);
afterAll(() => server?.close());

it.for(targets)('%s', { timeout: SLOW_MS, retry: 0 }, ([, target], { skip }) => {
  const missing = target.missing?.();
  if (missing !== undefined) skip(missing);
  return expectNothingFound(target, server);
});
