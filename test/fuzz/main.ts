/**
 * `npm run fuzz -- [--minutes N] [--target NAME]… [--seed N]`: goes round the targets until the time is over. What
 * fails is printed and kept in `corpus/`, from where the test suite tries it again; then the exit status is 1.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { saveToCorpus } from './corpus.ts';
import { fuzzRound } from './fuzz-round.ts';
import { TARGETS } from './targets.ts';

/** Long enough that a server's start counts little, short enough that all have their turn in some minutes. */
const MOST_ROUND_MS = 60_000;

const usual = TARGETS.filter(({ runsInSuite }) => runsInSuite > 0).map(({ name }) => name);
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    target: { type: 'string', multiple: true, default: usual },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const unknown = values.target.find((name) => !TARGETS.some((target) => target.name === name));
if (unknown !== undefined) {
  console.error(`There is no target ${unknown}; there are ${TARGETS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const names = values.target.filter((name) => {
  const missing = TARGETS.find((target) => target.name === name)?.missing?.();
  if (missing !== undefined) console.log(`${name} is left out: ${missing}`);
  return missing === undefined;
});
if (names.length === 0) process.exit(0);

const endMs = performance.now() + 60_000 * Number(values.minutes);
const roundMs = Math.min(MOST_ROUND_MS, (60_000 * Number(values.minutes)) / names.length);
/** What was found already is counted, not told again. */
const found = new Map<string, number>();
for (let seed = Number(values.seed); performance.now() < endMs; seed++) {
  for (const name of names) {
    const leftMs = endMs - performance.now();
    if (leftMs < 0) break;
    const start = performance.now();
    const finding = await fuzzRound(name, seed, Math.min(roundMs, leftMs));
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(`${name}, seed ${seed}: ${finding ? 'FAILED' : 'well'} after ${seconds} s`);
    if (!finding) continue;
    const kind = `${name}: ${finding.message.split('\n')[0].replaceAll(/\d+/g, '#')}`;
    found.set(kind, (found.get(kind) ?? 0) + 1);
    if (found.get(kind) !== 1) continue;
    console.log(`  ${finding.message.replaceAll('\n', '\n  ')}`);
    console.log(`  kept as ${saveToCorpus(name, finding.input)}`);
    console.log(`  again: npm run fuzz -- --target ${name} --seed ${seed}`);
  }
}
console.log(found.size === 0 ? 'Nothing was found.' : `${found.size} kinds of failures were found:`);
for (const [kind, times] of found) console.log(`  ${kind} (${times} times)`);
process.exitCode = found.size === 0 ? 0 : 1;
