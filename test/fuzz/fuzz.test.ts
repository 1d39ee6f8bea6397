import { it } from 'vitest';
import { expectNothingFound } from './expect-nothing-found.ts';
import { TARGETS } from './targets.ts';

const SLOW_MS = 120_000;
const targets = TARGETS.filter(({ onServer }) => !onServer).map((target) => [target.name, target] as const);

it.each(targets)('%s', { timeout: SLOW_MS }, (_, target) => expectNothingFound(target));
