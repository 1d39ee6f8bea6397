import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installStamp, lockIsSatisfied } from '../../src/setup/dependencies.mjs';
import { hashSources } from '../../src/setup/page.mjs';
import { compareVersions, isSuitableNode } from '../../src/setup/runtime.mjs';
import { formatDuration, Reporter, ROOT, runQuietly, SetupError } from '../../src/setup/steps.mjs';
import { addTallies, tallyOfVitest } from '../../src/setup/tally.mjs';

describe('Node versions', () => {
  it('are compared number by number', () => {
    expect(compareVersions('24.9.0', '24.21.0')).toBeLessThan(0);
    expect(compareVersions('24.21.0', '24.21.0')).toBe(0);
    expect(compareVersions('25.0.0', '24.21.1')).toBeGreaterThan(0);
  });

  it('only 24 is suitable', () => {
    expect(['18.20.4', '20.20.2', '22.18.0', '25.1.0', '26.0.0'].filter(isSuitableNode)).toEqual([]);
    expect(['24.0.0', '24.21.0'].filter(isSuitableNode)).toHaveLength(2);
  });
});

describe('dependencies', () => {
  it('are known by their hashes, wherever they come from', () => {
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const packages = Object.entries<Record<string, unknown>>(lock.packages).filter(([path]) => path !== '');
    expect(packages.filter(([, { integrity }]) => !/^sha512-/.test(String(integrity)))).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved)).toEqual([]);
  });

  const wanted = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/a-darwin': { version: '1.0.0', optional: true },
    },
  };

  it('are installed again when the lock file or the major version of Node changes', () => {
    const stamp = installStamp('{"a":1}', '24.21.0');
    expect(installStamp('{"a":1}', '24.22.5')).toBe(stamp);
    expect(installStamp('{"a":2}', '24.21.0')).not.toBe(stamp);
    expect(installStamp('{"a":1}', '22.18.0')).not.toBe(stamp);
  });

  it('satisfy the lock file without the optional packages of other machines', () => {
    expect(lockIsSatisfied(wanted, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBe(true);
  });

  it.each([
    ['one is missing', {}],
    ['one has another version', { 'node_modules/a': { version: '1.0.1' } }],
    [
      'one is there that should not be',
      { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } },
    ],
    [
      'an optional one has another version',
      { 'node_modules/a': { version: '1.0.0' }, 'node_modules/a-darwin': { version: '2.0.0' } },
    ],
  ])('do not satisfy it when %s', (_what, packages) => {
    expect(lockIsSatisfied(wanted, { packages })).toBe(false);
  });
});

describe('hash of the page sources', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vultus-setup-'));
    mkdirSync(join(folder, 'page/dist'), { recursive: true });
    writeFileSync(join(folder, 'page/main.ts'), 'one');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('changes with names and contents, but not with what was built', () => {
    const before = hashSources(folder, ['page', 'absent']);
    writeFileSync(join(folder, 'page/dist/main.js'), 'built');
    expect(hashSources(folder, ['page', 'absent'])).toBe(before);
    writeFileSync(join(folder, 'page/main.ts'), 'two');
    const after = hashSources(folder, ['page', 'absent']);
    expect(after).not.toBe(before);
    writeFileSync(join(folder, 'page/other.ts'), '');
    expect(hashSources(folder, ['page', 'absent'])).not.toBe(after);
  });
});

describe('steps', () => {
  const recorder = () => {
    let text = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    });
    return { stream, text: () => text };
  };

  it('print what they do and how long it took', async () => {
    const { stream, text } = recorder();
    const reporter = new Reporter({ stream });
    expect(await reporter.step('page', 'building', async () => 7)).toBe(7);
    reporter.done('browser', 'there');
    expect(text()).toMatch(/^▸ page: building … 0\.0 s\n▸ browser: there\n$/);
  });

  it('say that they failed, and keep quiet about what was done already where asked', async () => {
    const { stream, text } = recorder();
    const reporter = new Reporter({ stream, quiet: true });
    reporter.done('browser', 'there');
    await expect(reporter.step('x', 'y', () => Promise.reject(new SetupError('no')))).rejects.toThrow('no');
    expect(text()).toMatch(/^▸ x: y … failed after 0\.0 s\n$/);
  });

  it('show the output of a failed command and then the hint', async () => {
    const script = 'console.log("the cause"); process.exit(3)';
    const failed = runQuietly(process.execPath, ['-e', script], { hint: 'Do this.' });
    await expect(failed).rejects.toThrow(/^the cause\n\nDo this\.$/);
    await expect(runQuietly('no-such-program-here', [], { hint: 'Do that.' })).rejects.toThrow(
      /^Do that\. \(/,
    );
  });

  it('write durations as a person reads them', () => {
    expect([400, 9949, 41_200, 125_000].map(formatDuration)).toEqual(['0.4 s', '9.9 s', '41 s', '2 min 5 s']);
  });
});

describe('tally', () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
  };

  it('takes over the numbers of vitest', () => {
    expect(tallyOfVitest(report, 0)).toEqual({ passed: 5, failed: 0, skipped: 2 });
  });

  it('counts a file that does not load, a run that fails without a failed test, and no report at all', () => {
    const broken = { ...report, testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(tallyOfVitest(broken, 1).failed).toBe(1);
    expect(tallyOfVitest(report, 1).failed).toBe(1);
    expect(tallyOfVitest(undefined, 0).failed).toBe(1);
  });

  it('adds up', () => {
    const one = { passed: 1, failed: 2, skipped: 3 };
    expect(addTallies([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
  });
});
