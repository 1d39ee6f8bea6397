import { expect } from 'vitest';
import type { FuzzedServer } from './fuzzed-server.ts';
import { runTarget } from './run-target.ts';
import type { FuzzTarget } from './target.ts';

/** The same inputs in every run of the suite; `npm run fuzz` tries others, for as long as it is told. */
const SEED = 1;

export async function expectNothingFound(target: FuzzTarget, server?: FuzzedServer): Promise<void> {
  const finding = await runTarget(target, { seed: SEED, runs: target.runsInSuite, server });
  const input = finding && Buffer.from(finding.input.bytes).toString('base64');
  expect(finding, `${finding?.message}\ninput (base64): ${input}`).toBeUndefined();
}
