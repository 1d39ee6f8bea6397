import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AnalysisLimits } from '../../src/avatar/analysis-limits.ts';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { usageOf } from '../../src/avatar/process-usage.ts';
import type { VultusError } from '../../src/errors.ts';
import { childProcessesOf } from '../support/child-processes.ts';
import { ourPortrait } from '../support/portraits.ts';

const SLOW_MS = 90_000;
const TEXT = Buffer.from('no picture');
const processes = childProcessesOf('/avatar/process/main.ts');
const lastProcess = () => processes.at(-1)!;

let portrait: Buffer;
/** No face in many pixels: its analysis ends by itself, but not soon. */
let slow: Buffer;
let failures: VultusError[];
let factory: AvatarFactory;

beforeAll(async () => {
  portrait = await ourPortrait();
  const wall = { width: 4000, height: 4000, channels: 3, background: '#889' } as const;
  slow = await sharp({ create: wall }).png({ progressive: true }).toBuffer();
}, SLOW_MS);
afterEach(() => factory.close());

async function create(limits: Partial<AnalysisLimits> = {}): Promise<void> {
  failures = [];
  const patient = { busyDeadlineS: 80, ...limits };
  factory = await AvatarFactory.create({ limits: patient, onFailure: (error) => failures.push(error) });
}

const codeOf = (bytes: Uint8Array, signal?: AbortSignal) =>
  factory.analyse(bytes, { signal }).then(
    () => 'no error',
    (error) => error.code,
  );

describe('the process that analyses portraits', { timeout: SLOW_MS }, () => {
  it('takes the portrait in work along when it dies; those that wait are analysed by a new one', async () => {
    await create();
    const [first, ...others] = [slow, TEXT, TEXT].map((bytes) => codeOf(bytes));
    const dying = lastProcess();
    dying.kill('SIGKILL');
    expect(await first).toBe('analysis_failed');
    expect(await Promise.all(others)).toEqual(['portrait_not_an_image', 'portrait_not_an_image']);
    expect(lastProcess()).not.toBe(dying);
    expect(failures.map(({ code, detail }) => [code, detail])).toEqual([
      ['analysis_failed', 'its process ended by SIGKILL'],
    ]);
  });

  it('is replaced where it dies idle, and harms nobody by dying late', async () => {
    await create();
    const dying = lastProcess();
    const died = once(dying, 'exit');
    dying.kill('SIGKILL');
    await died;
    const next = codeOf(slow);
    // What comes from a process of the past is nobody's any more.
    dying.emit('exit', 1, null);
    dying.emit('error', new Error('late'));
    dying.emit('message', { type: 'refused', code: 'internal', residentBytes: 0 });
    expect(await next).toBe('portrait_no_face');
    expect(failures).toHaveLength(1);
  });

  it('says in the log what native code wrote before it ended the process', async () => {
    await create();
    const { pid } = lastProcess();
    const failed = codeOf(slow);
    // As abort(3) in a library does.
    process.kill(pid!, 'SIGABRT');
    expect(await failed).toBe('analysis_failed');
    expect(failures[0].detail).toContain('SIGABRT');
  });

  it('is killed past the deadline, and the portrait refused', async () => {
    await create({ deadlineS: 0.05 });
    const late = lastProcess();
    const refused = factory.analyse(slow);
    await expect(refused).rejects.toMatchObject({
      code: 'portrait_too_complex',
      status: 422,
      detail: expect.stringContaining('longer than 0.05 s'),
    });
    expect(late.killed).toBe(true);
    expect(await codeOf(TEXT)).toBe('portrait_not_an_image');
    // The portrait is to blame, not the server.
    expect(failures).toEqual([]);
  });

  it('is not the portrait to blame where others leave it no time', async () => {
    await create({ deadlineS: 1000, busyDeadlineS: 0.3 });
    await expect(factory.analyse(slow)).rejects.toMatchObject({ code: 'server_busy', status: 503 });
    expect(failures).toEqual([]);
  });

  it('is killed when a portrait makes it too large, and replaced when it stays large', async () => {
    if (!usageOf(process.pid)) return console.log('skipped: this system has no /proc');
    await create({ mostResidentMb: 1 });
    await expect(factory.analyse(slow)).rejects.toMatchObject({
      code: 'portrait_too_complex',
      detail: expect.stringContaining('1 MB of memory'),
    });
    await factory.close();
    await create({ mostKeptMb: 1 });
    const grown = lastProcess();
    expect(await codeOf(TEXT)).toBe('portrait_not_an_image');
    expect(await codeOf(TEXT)).toBe('portrait_not_an_image');
    expect(grown.killed).toBe(true);
    expect(failures).toEqual([]);
  });

  it('lets everybody else go first, with all its threads', async () => {
    await create();
    await codeOf(portrait);
    const { pid } = lastProcess();
    const tasks = `/proc/${pid}/task`;
    const threads = existsSync(tasks) ? readdirSync(tasks).map(Number) : [pid!];
    for (const thread of threads) {
      expect(getPriority(thread)).toBeGreaterThanOrEqual(constants.priority.PRIORITY_BELOW_NORMAL);
    }
  });

  it('does not begin with a portrait that nobody wants any more', async () => {
    await create();
    const gone = new AbortController();
    const first = codeOf(portrait);
    const given = codeOf(portrait, gone.signal);
    const last = codeOf(TEXT);
    gone.abort();
    expect(await given).toBe('request_aborted');
    expect(await codeOf(portrait, gone.signal)).toBe('request_aborted');
    expect([await first, await last]).toEqual(['no error', 'portrait_not_an_image']);
  });

  it('is given up with what is in work and waits when the factory closes', async () => {
    await create();
    const pending = [codeOf(portrait), codeOf(portrait)];
    const closing = factory.close();
    expect(await Promise.all(pending)).toEqual(['shutting_down', 'shutting_down']);
    await closing;
    await factory.close();
    expect(lastProcess().signalCode).toBe('SIGKILL');
    expect(await codeOf(portrait)).toBe('shutting_down');
  });

  it.each([
    ['closes', '.then((factory) => factory.close())'],
    ['is forgotten', ''],
  ])('does not keep a program alive whose factory %s', async (_, then) => {
    await create();
    const module = new URL('../../src/avatar/avatar-factory.ts', import.meta.url).href;
    const script = `import('${module}')
      .then(({ AvatarFactory }) => AvatarFactory.create())${then}
      .then(() => console.log('done'));`;
    const run = promisify(execFile)(process.execPath, ['--eval', script]);
    expect((await run).stdout).toBe('done\n');
  });
});
