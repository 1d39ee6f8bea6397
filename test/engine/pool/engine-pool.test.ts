import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AvatarFactory } from '../../../src/avatar/avatar-factory.ts';
import { type Backdrop, KEEP } from '../../../src/contract/backdrop.ts';
import { squareFormat } from '../../../src/contract/formats.ts';
import { OPUS_VOICE, usualVideo } from '../../../src/contract/outputs.ts';
import { DEFAULT_SETTINGS } from '../../../src/contract/session-settings.ts';
import { EnginePool } from '../../../src/engine/pool/engine-pool.ts';
import type { VultusError } from '../../../src/errors.ts';
import { BUILTIN_PACK } from '../../../src/model/pack.ts';
import type { Rig } from '../../../src/render/renderer.ts';
import { Session } from '../../../src/session/session.ts';
import { engineProcesses } from '../../support/engine-processes.ts';
import { firstGalleryPortrait } from '../../support/gallery.ts';
import { sampleVoice } from '../../support/sample-voice.ts';
import { TestVideoDecoder } from '../../support/video-decoder.ts';

/** Processes are started, on a machine that may be busy. */
const SLOW_MS = 120_000;
const PATIENCE_MS = 50_000;

const SETTINGS = { packDirectory: BUILTIN_PACK, provider: 'cpu', threads: 1, processes: 1 } as const;

it.each([
  ['a pack that is not there', { packDirectory: 'nowhere' }, 'pack_invalid'],
  ['a provider that is not there', { provider: 'tensorrt' as const }, 'provider_unavailable'],
])('does not start with %s', async (_, change, code) => {
  await expect(EnginePool.start({ ...SETTINGS, ...change })).rejects.toThrow(
    expect.objectContaining({ code }),
  );
});

describe('EnginePool', () => {
  let engine: EnginePool;
  let rig: Rig;
  beforeAll(async () => {
    const factory = await AvatarFactory.create();
    ({ rig } = await factory.analyse(await readFile(firstGalleryPortrait())));
    await factory.close();
    engine = await EnginePool.start(SETTINGS);
  });
  afterAll(() => engine.close());

  let count = 0;
  const open = (change: { rig?: Rig; size?: number; background?: Backdrop } = {}) =>
    Session.open(engine, `session-${count++}`, change.rig ?? rig, {
      ...DEFAULT_SETTINGS,
      avatarId: 'test',
      seed: 1,
      ...squareFormat(change.size ?? 256),
      background: change.background ?? KEEP,
    });
  const pictures = (session: Session, wanted: number) =>
    new Promise<void>((resolve) => {
      let seen = 0;
      session.take([usualVideo(session.settings)], { video: () => ++seen === wanted && resolve() });
    });

  it('says which provider and pack are live', () => {
    expect(engine.info).toMatchObject({ provider: 'cpu', pack: { name: 'builtin' }, processes: 1 });
  });

  it('ends a session that fails with a code, and the one beside it feels nothing', async () => {
    const healthy = await open();
    await pictures(healthy, 2);
    const sick = await open({ rig: { ...rig, deltas: undefined } as Rig }).catch(
      (cause) => cause as VultusError,
    );
    if (sick instanceof Session) {
      const failure = new Promise<VultusError>((resolve) => sick.once('error', resolve));
      sick.take([usualVideo(sick.settings)], {});
      expect((await failure).code).toBe('render_failed');
      expect(sick.closed).toBe(true);
    } else {
      expect(sick.code).toBe('render_failed');
    }
    await pictures(healthy, 3);
    healthy.close();
    expect(engine.sessionCount).toBe(0);
  });

  it('sends the person above the matte, for overlays', { timeout: SLOW_MS }, async () => {
    const session = await open({ background: { kind: 'matte' } });
    const first = new Promise<Uint8Array>((resolve) => {
      session.take([usualVideo(session.settings)], { video: ({ data }) => resolve(data) });
    });
    const decoder = new TestVideoDecoder('h264');
    const { width, height, data } = decoder.decode(await first)!;
    decoder.close();
    session.close();
    expect([width, height]).toEqual([256, 512]);
    const matteAt = (x: number, y: number) => data[(256 + y) * 256 + x];
    expect(matteAt(4, 4)).toBeLessThan(24);
    expect(matteAt(128, 128)).toBeGreaterThan(225);
    expect(data[4 * 256 + 4]).toBeLessThan(24);
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
    await expect.poll(() => events, { timeout: PATIENCE_MS }).toContain('speech.started');
    // A quiet room says nothing.
    session.hearUser(new Float32Array(48000));
    expect(events).toEqual(['speaking', 'speech.started']);
    session.hearUser(voice.subarray(0, 48000));
    await expect.poll(() => events, { timeout: PATIENCE_MS }).toContain('listening');
    session.hearUser(new Float32Array(48000));
    await expect.poll(() => events.at(-1), { timeout: PATIENCE_MS }).toBe('idle');
    expect(events.filter((event) => event === 'user.started')).toHaveLength(1);
    expect(events.filter((event) => event === 'user.ended')).toHaveLength(1);
    expect(events.indexOf('user.started')).toBeLessThan(events.indexOf('speech.ended true'));
    // Without the control the avatar goes on.
    session.setControls({ bargeIn: false });
    session.pushVoice(voice);
    await expect.poll(() => events.at(-1), { timeout: PATIENCE_MS }).toBe('speech.started');
    session.hearUser(voice.subarray(0, 48000));
    expect(events.at(-1)).toBe('user.started');
    session.close();
  });

  describe('when a worker fails', () => {
    const settings = { ...DEFAULT_SETTINGS, avatarId: 'test', seed: 1, ...squareFormat(256) };
    const failures: [VultusError, number][] = [];
    let crew: EnginePool;
    let first: number;
    const start = async (processes: number, silenceS?: number) => {
      first = engineProcesses.length;
      failures.length = 0;
      crew = await EnginePool.start({
        ...SETTINGS,
        processes,
        silenceS,
        onFailure: (error, sessions) => failures.push([error, sessions]),
      });
    };
    afterEach(() => crew.close());
    const crash = (child: ChildProcess) => child.kill('SIGKILL');
    /** Others tell of a busy machine. */
    const moves = (session: Session) => {
      const codes: string[] = [];
      session.on('warning', ({ code }) => code === 'session_moved' && codes.push(code));
      return codes;
    };

    it('its sessions go on elsewhere: the voice that was not played, once, and pictures from a key frame on', {
      timeout: SLOW_MS,
    }, async () => {
      await start(2);
      const healthy = await Session.open(crew, 'healthy', rig, settings);
      const moved = await Session.open(crew, 'moved', rig, settings);
      const gaps: number[] = [];
      let lastMs: number | undefined;
      healthy.take([usualVideo(settings), OPUS_VOICE], {
        voice: ({ mediaTimeMs }) => {
          gaps.push(mediaTimeMs - (lastMs ?? mediaTimeMs - 20));
          lastMs = mediaTimeMs;
        },
      });
      const codes = moves(moved);
      const speech: unknown[] = [];
      const voiceTimes: number[] = [];
      const video: { key: boolean; mediaTimeMs: number; epoch: number; data: Uint8Array }[] = [];
      moved.on('speech.started', (event) => speech.push({ started: event.utterance }));
      moved.on('speech.ended', (event) => speech.push(event));
      moved.take([usualVideo(settings), OPUS_VOICE], {
        voice: ({ mediaTimeMs }) => voiceTimes.push(mediaTimeMs),
        video: ({ key, mediaTimeMs, epoch, data }) => {
          if (codes.length > 0) video.push({ key, mediaTimeMs, epoch, data });
        },
      });
      moved.interrupt();
      moved.setControls({ emotion: { happy: 0.5 } });
      moved.setBackground({ kind: 'colour', red: 255, green: 255, blue: 255 });
      moved.pushVoice((await sampleVoice(3)).slice());
      moved.endSpeech();
      moved.pushVoice(new Float32Array(4800));
      moved.endSpeech();
      await expect.poll(() => speech.length, { timeout: PATIENCE_MS }).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const beforeMs = voiceTimes.at(-1)!;
      crash(engineProcesses[first + 1]);
      await expect.poll(() => codes, { timeout: PATIENCE_MS }).toEqual(['session_moved']);
      await expect.poll(() => speech.length, { timeout: PATIENCE_MS }).toBe(4);
      expect(speech).toEqual([
        { started: 1 },
        { utterance: 1, playedMs: 3000, interrupted: false },
        { started: 2 },
        { utterance: 2, playedMs: 100, interrupted: false },
      ]);
      // The media time goes on, and nothing of it comes twice.
      expect(voiceTimes.every((time, i) => i === 0 || time > voiceTimes[i - 1])).toBe(true);
      expect(voiceTimes.at(-1)).toBeGreaterThan(beforeMs + 2000);
      // On a machine that is too busy for pictures the first one may come after the last word.
      await expect.poll(() => video[0], { timeout: PATIENCE_MS }).toMatchObject({ key: true, epoch: 1 });
      expect(video[0].mediaTimeMs).toBeGreaterThan(beforeMs - 40);
      const decoder = new TestVideoDecoder('h264');
      const picture = decoder.decode(video[0].data)!;
      decoder.close();
      expect(picture.data[4 * picture.width + 4]).toBeGreaterThan(228);
      expect(new Set(gaps)).toEqual(new Set([20]));
      expect(failures).toEqual([[expect.objectContaining({ code: 'engine_failed' }), 1]]);
      expect([crew.sessionCount, healthy.closed, moved.closed]).toEqual([2, false, false]);
      moved.interrupt();
      await expect.poll(() => video.at(-1)?.epoch, { timeout: PATIENCE_MS }).toBe(2);
    });

    it('it leaves no more sessions than others have, also where new ones follow at once on many that ended', {
      timeout: SLOW_MS,
    }, async () => {
      await start(2);
      const four = () =>
        Promise.all(Array.from({ length: 4 }, () => Session.open(crew, `even-${count++}`, rig, settings)));
      const [gone, ...former] = await four();
      await Promise.all(former.map((session) => pictures(session, 40)));
      // One worker has been busier than the other.
      gone.close();
      await pictures(former[0], 40);
      for (const session of former) session.close();
      const sessions = await four();
      crash(engineProcesses[first]);
      await expect.poll(() => failures, { timeout: PATIENCE_MS }).toHaveLength(1);
      expect(failures[0][1]).toBe(2);
      // It waits for the replacement: no thread of this test starts in the next one.
      sessions.push(await Session.open(crew, `even-${count++}`, rig, settings));
      for (const session of sessions) session.close();
    });

    it('by hanging, its sessions go on elsewhere and it is ended', { timeout: SLOW_MS }, async () => {
      await start(1, 3);
      const session = await Session.open(crew, 'hung', rig, settings);
      const codes = moves(session);
      // One that has not come as far as its first voice ends with its process.
      await pictures(session, 5);
      const exit = once(engineProcesses[first], 'exit');
      engineProcesses[first].kill('SIGSTOP');
      await expect.poll(() => codes, { timeout: PATIENCE_MS }).toEqual(['session_moved']);
      await pictures(session, 5);
      expect(failures).toEqual([
        [expect.objectContaining({ code: 'engine_failed', detail: expect.stringContaining('hung') }), 1],
      ]);
      expect([crew.sessionCount, session.closed]).toEqual([1, false]);
      await exit;
      expect(failures).toHaveLength(1);
    });

    it('no process is blamed while the server itself stood still', { timeout: SLOW_MS }, async () => {
      await start(1, 2);
      const session = await Session.open(crew, 'calm', rig, settings);
      await pictures(session, 1);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5000);
      await pictures(session, 25);
      expect(failures).toEqual([]);
    });

    it('the only one: its session waits for the replacement, paused as it was; after three it ends', {
      timeout: SLOW_MS,
    }, async () => {
      await start(1);
      const session = await Session.open(crew, 'only', rig, settings);
      const codes = moves(session);
      const closed = new Promise<VultusError | undefined>((resolve) => session.once('closed', resolve));
      const errors: unknown[] = [];
      const speech: unknown[] = [];
      session.on('error', (error) => errors.push(error));
      session.on('speech.ended', (event) => speech.push(event));
      await pictures(session, 1);
      session.pushVoice((await sampleVoice(3)).slice(0, 24_000));
      session.endSpeech();
      session.pause();
      await pictures(session, 5);
      crash(engineProcesses[first]);
      await expect.poll(() => codes, { timeout: PATIENCE_MS }).toEqual(['session_moved']);
      await pictures(session, 5);
      expect(speech).toEqual([]);
      session.resume();
      await expect.poll(() => speech, { timeout: PATIENCE_MS }).toHaveLength(1);
      expect(speech).toEqual([{ utterance: 1, playedMs: 500, interrupted: false }]);
      crash(engineProcesses[first + 1]);
      await expect.poll(() => codes, { timeout: PATIENCE_MS }).toHaveLength(2);
      await pictures(session, 1);
      crash(engineProcesses[first + 2]);
      const reason = await closed;
      expect(reason).toMatchObject({ code: 'engine_failed', detail: expect.stringContaining('SIGKILL') });
      expect(errors).toEqual([reason]);
      expect(failures.map(([, sessions]) => sessions)).toEqual([1, 1, 1]);
      const next = await Session.open(crew, 'next', rig, settings);
      await pictures(next, 1);
      expect(crew.sessionCount).toBe(1);
    });
  });

  it('takes no session that would make others late, and one again when there is room', {
    timeout: SLOW_MS,
  }, async () => {
    const full = await EnginePool.start({ ...SETTINGS, mostLoad: 0.9 });
    try {
      const huge = { ...DEFAULT_SETTINGS, avatarId: 'test', seed: 1, ...squareFormat(1024) };
      // The first session of a worker is taken, whatever it costs: it makes nobody late.
      const first = await Session.open(full, 'first', rig, huge);
      await expect(Session.open(full, 'second', rig, huge)).rejects.toMatchObject({
        code: 'at_capacity',
        detail: expect.stringMatching(/\d+ % of its time/),
        // One runs, and none has ended yet.
        retryAfterS: 120,
      });
      expect(full.sessionCount).toBe(1);
      first.close();
      first.close();
      expect(full.admission.lifetimes.meanS).toBeLessThan(120);
      const small = (id: string) => Session.open(full, id, rig, { ...huge, ...squareFormat(256) });
      const [one, two] = await Promise.all([small('one'), small('two')]);
      expect([one.closed, two.closed]).toEqual([false, false]);
    } finally {
      await full.close();
    }
  });

  it('does not wait forever for a process that does not end', { timeout: SLOW_MS }, async () => {
    const slow = await EnginePool.start({ ...SETTINGS, closeTimeoutMs: 100 });
    const child = engineProcesses.at(-1)!;
    child.kill('SIGSTOP');
    await slow.close();
    expect(child.signalCode).toBe('SIGKILL');
  });
});
