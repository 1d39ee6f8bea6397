import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import type { Rig } from '../../src/avatar/rig.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { VultusError } from '../../src/errors.ts';
import { BUILTIN_PACK } from '../../src/model/pack.ts';
import { Session } from '../../src/session/session.ts';
import { DEFAULT_SETTINGS } from '../../src/session/session-manager.ts';
import { firstGalleryPortrait } from '../support/gallery.ts';
import { sampleVoice } from '../support/sample-voice.ts';

/** Threads are started, on a machine that may be busy. */
const SLOW_MS = 60_000;
/** The threads that this process has started, so that a test can make one fail for real. */
const threads: Worker[] = [];
process.on('worker', (thread: Worker) => threads.push(thread));

const SETTINGS = { packDirectory: BUILTIN_PACK, provider: 'cpu', threads: 1, workers: 1 } as const;

it.each([
  ['a pack that is not there', { packDirectory: 'nowhere' }, 'pack_invalid'],
  ['a provider that is not there', { provider: 'tensorrt' as const }, 'provider_unavailable'],
])('does not start with %s', async (_, change, code) => {
  await expect(Engine.start({ ...SETTINGS, ...change })).rejects.toThrow(expect.objectContaining({ code }));
});

describe('Engine', () => {
  let engine: Engine;
  let rig: Rig;
  beforeAll(async () => {
    const factory = await AvatarFactory.create();
    rig = await factory.buildRig(await readFile(firstGalleryPortrait()));
    await factory.close();
    engine = await Engine.start(SETTINGS);
  });
  afterAll(() => engine.close());

  let count = 0;
  const open = (change: { rig?: Rig; size?: number } = {}) =>
    Session.open(engine, `session-${count++}`, change.rig ?? rig, {
      ...DEFAULT_SETTINGS,
      avatarId: 'test',
      seed: 1,
      size: change.size ?? 256,
    });
  const pictures = (session: Session, wanted: number) =>
    new Promise<void>((resolve) => {
      let seen = 0;
      session.on('video', () => ++seen === wanted && resolve());
      session.setOutputs({ video: true });
    });

  it('says which provider and pack are live', () => {
    expect(engine.info).toMatchObject({ provider: 'cpu', pack: { name: 'builtin' }, workers: 1 });
  });

  it('ends a session that fails with a code, and the one beside it feels nothing', async () => {
    const healthy = await open();
    await pictures(healthy, 2);
    const sick = await open({ rig: { ...rig, deltas: undefined as never } }).catch(
      (cause) => cause as VultusError,
    );
    if (sick instanceof Session) {
      const failure = new Promise<VultusError>((resolve) => sick.once('error', resolve));
      sick.setOutputs({ video: true });
      expect((await failure).code).toBe('engine_failed');
      expect(sick.closed).toBe(true);
    } else {
      expect(sick.code).toBe('engine_failed');
    }
    await pictures(healthy, 3);
    healthy.close();
    expect(engine.sessionCount).toBe(0);
  });

  it('refuses a size that cannot be rendered, and leaves nothing behind', async () => {
    await expect(open({ size: 100 })).rejects.toThrow(expect.objectContaining({ code: 'invalid_request' }));
    expect(engine.sessionCount).toBe(0);
  });

  it('tells whoever uses a closed session so', async () => {
    const session = await open();
    session.close();
    session.close();
    expect(() => session.interrupt()).toThrow(expect.objectContaining({ code: 'session_closed' }));
    expect(() => session.pushVoice(new Float32Array(10))).toThrow(
      expect.objectContaining({ code: 'session_closed' }),
    );
  });

  it('is interrupted by the user who talks, listens, and tells when the user has ended', {
    timeout: SLOW_MS,
  }, async () => {
    const session = await open();
    session.setControls({ bargeIn: true });
    const events: string[] = [];
    session.on('state', (state) => events.push(state));
    session.on('user.started', () => events.push('user.started'));
    session.on('user.ended', () => events.push('user.ended'));
    session.on('speech.started', () => events.push('speech.started'));
    session.on('speech.ended', ({ interrupted }) => events.push(`speech.ended ${interrupted}`));
    const voice = await sampleVoice(3);
    session.pushVoice(voice);
    await expect.poll(() => events, { timeout: 10_000 }).toContain('speech.started');
    // A quiet room says nothing.
    session.hearUser(new Float32Array(48000));
    expect(events).toEqual(['speaking', 'speech.started']);
    session.hearUser(voice.subarray(0, 48000));
    await expect.poll(() => events, { timeout: 10_000 }).toContain('listening');
    session.hearUser(new Float32Array(48000));
    await expect.poll(() => events.at(-1), { timeout: 10_000 }).toBe('idle');
    expect(events.filter((event) => event === 'user.started')).toHaveLength(1);
    expect(events.filter((event) => event === 'user.ended')).toHaveLength(1);
    expect(events.indexOf('user.started')).toBeLessThan(events.indexOf('speech.ended true'));
    // Without the control the avatar goes on.
    session.setControls({ bargeIn: false });
    session.pushVoice(voice);
    await expect.poll(() => events.at(-1), { timeout: 10_000 }).toBe('speech.started');
    session.hearUser(voice.subarray(0, 48000));
    expect(events.at(-1)).toBe('user.started');
    session.close();
  });

  it('survives a worker that fails: its sessions end with the reason, the others go on, a new one comes', {
    timeout: SLOW_MS,
  }, async () => {
    const failures: [VultusError, number][] = [];
    const first = threads.length;
    const pair = await Engine.start({
      ...SETTINGS,
      workers: 2,
      onWorkerFailure: (error, sessions) => failures.push([error, sessions]),
    });
    try {
      const settings = { ...DEFAULT_SETTINGS, avatarId: 'test', seed: 1, size: 256 };
      const healthy = await Session.open(pair, 'healthy', rig, settings);
      const doomed = await Session.open(pair, 'doomed', rig, settings);
      await pictures(healthy, 1);
      await pictures(doomed, 1);
      const told: unknown[] = [];
      doomed.on('error', (error) => told.push(error));
      const closed = new Promise<VultusError | undefined>((resolve) => doomed.once('closed', resolve));
      // A message that no engine sends: the thread fails as it would at a mistake of its own.
      threads[first + 1].postMessage(null);
      const reason = await closed;
      expect(reason).toMatchObject({ code: 'engine_failed', detail: expect.stringContaining('null') });
      expect(told).toEqual([reason]);
      expect(failures).toEqual([[reason, 1]]);
      await pictures(healthy, 3);
      expect(pair.sessionCount).toBe(1);
      const next = await Session.open(pair, 'next', rig, settings);
      await pictures(next, 1);
      expect(threads).toHaveLength(first + 3);
      expect(healthy.closed).toBe(false);
    } finally {
      await pair.close();
    }
  });

  it('takes no session that would make others late, and one again when there is room', {
    timeout: SLOW_MS,
  }, async () => {
    const full = await Engine.start({ ...SETTINGS, mostLoad: 0.9 });
    try {
      const huge = { ...DEFAULT_SETTINGS, avatarId: 'test', seed: 1, size: 1024 };
      // The first session of a worker is taken, whatever it costs: it makes nobody late.
      const first = await Session.open(full, 'first', rig, huge);
      await expect(Session.open(full, 'second', rig, huge)).rejects.toMatchObject({
        code: 'at_capacity',
        detail: expect.stringMatching(/\d+ % of its time/),
      });
      expect(full.sessionCount).toBe(1);
      first.close();
      const small = (id: string) => Session.open(full, id, rig, { ...huge, size: 256 });
      const [one, two] = await Promise.all([small('one'), small('two')]);
      expect([one.closed, two.closed]).toEqual([false, false]);
    } finally {
      await full.close();
    }
  });

  it('does not wait forever for a worker that does not end', { timeout: SLOW_MS }, async () => {
    const slow = await Engine.start({ ...SETTINGS, closeTimeoutMs: 0 });
    const exit = once(threads.at(-1)!, 'exit');
    let exited = false;
    void exit.then(() => {
      exited = true;
    });
    await slow.close();
    expect(exited).toBe(false);
    await exit;
  });
});
