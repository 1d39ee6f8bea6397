import { afterAll, beforeAll, it } from 'vitest';
import { expectNothingFound } from './expect-nothing-found.ts';
import { FuzzedServer } from './fuzzed-server.ts';
import { TARGETS } from './targets.ts';

/** The first start analyses the gallery, on a machine that may be busy. */
const SLOW_MS = 180_000;
const targets = TARGETS.filter(({ onServer }) => onServer).map((target) => [target.name, target] as const);

let server: FuzzedServer;
beforeAll(async () => {
  server = await FuzzedServer.start();
}, SLOW_MS);
afterAll(() => server?.close());

it.each(targets)('%s', { timeout: SLOW_MS, retry: 0 }, (_, target) => expectNothingFound(target, server));
