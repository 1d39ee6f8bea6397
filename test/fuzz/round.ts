/** One round of one target, in a process of its own (see `main.ts`), which some inputs may end or keep for ever. */
import { writeFileSync } from 'node:fs';
import { runTarget } from './run-target.ts';
import { TARGETS } from './targets.ts';

const [name, seed, limitMs, inputFile] = process.argv.slice(2);
const target = TARGETS.find((one) => one.name === name)!;
const finding = await runTarget(target, {
  seed: Number(seed),
  limitMs: Number(limitMs),
  before: ({ ending, bytes }) => writeFileSync(`${inputFile}.${ending}`, bytes),
});
if (finding) process.send?.(finding, undefined, undefined, () => process.exit(0));
else process.exit(0);
