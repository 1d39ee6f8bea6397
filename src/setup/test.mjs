/**
 * `npm test`: sets everything up, then runs types, formatter and linter, all tests, and the training code's own
 * smoke test where a Python with torch is at hand. The last line is `N passed, N failed, N skipped`.
 * Arguments go to vitest, and then nothing else runs: `npm test -- test/server`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NO_BROWSER } from './browser.mjs';
import { packageFile } from './dependencies.mjs';
import { prepareTests } from './prepare.mjs';
import { formatDuration, Reporter, ROOT, runMain, runVisibly, succeeds } from './steps.mjs';
import { addTallies, tallyOfVitest } from './tally.mjs';

await runMain(async () => {
  const filters = process.argv.slice(2);
  const runtime = await prepareTests(new Reporter());
  const { env } = runtime;

  /** @param {string} name @param {string} program @param {string[]} args @param {string} [folder] */
  const check = async (name, program, args, folder = '.') => {
    process.stdout.write(`\n▸ ${name}\n`);
    const start = performance.now();
    const code = await runVisibly(program, args, { cwd: join(ROOT, folder), env });
    const verdict = code === 0 ? 'passed' : `failed with exit code ${code}`;
    process.stdout.write(`  ${name} ${verdict} (${formatDuration(performance.now() - start)})\n`);
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  };

  const tallies = [];
  if (filters.length === 0) {
    tallies.push(await check('types (tsc)', runtime.node, [packageFile('typescript/bin/tsc'), '--noEmit']));
    tallies.push(
      await check('format and lint (biome)', runtime.node, [
        packageFile('@biomejs/biome/bin/biome'),
        'check',
        '.',
      ]),
    );
  }

  process.stdout.write('\n▸ tests (vitest)\n');
  const report = join(ROOT, '.cache/vitest.json');
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  rmSync(report, { force: true });
  const vitestArgs = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  ];
  const code = await runVisibly(runtime.node, [packageFile('vitest/vitest.mjs'), ...vitestArgs], {
    cwd: ROOT,
    env,
  });
  const results = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  tallies.push(tallyOfVitest(results, code));

  if (runtime.browser === NO_BROWSER) {
    process.stdout.write('\n▸ tests in a browser skipped: there is none (name one in VULTUS_BROWSER)\n');
    tallies.push({ passed: 0, failed: 0, skipped: 1 });
  }
  if (filters.length === 0) {
    const python = [process.env.VULTUS_PYTHON, 'python3', 'python'].find(
      (name) =>
        name && succeeds(name, ['-c', 'import torch, numpy, scipy, onnx, onnxruntime, soundfile, pytest']),
    );
    if (python) {
      tallies.push(
        await check('training smoke test (pytest)', python, ['-m', 'pytest', '-q'], 'models/training'),
      );
    } else {
      process.stdout.write(
        '\n▸ training smoke test skipped: no Python with torch and pytest (name one in VULTUS_PYTHON)\n',
      );
      tallies.push({ passed: 0, failed: 0, skipped: 1 });
    }
  }

  const sum = addTallies(tallies);
  process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
  return sum.failed === 0 && sum.passed > 0 ? 0 : 1;
});
