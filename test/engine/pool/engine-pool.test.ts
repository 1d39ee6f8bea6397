import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backdrop, KEEP } from '../../../src/contract/backdrop.ts';
import { squareFormat } from '../../../src/contract/formats.ts';
import { usualVideo } from '../../../src/contract/outputs.ts';
import { DEFAULT_SETTINGS } from '../../../src/contract/session-settings.ts';
import { EnginePool } from '../../../src/engine/pool/engine-pool.ts';
import type { VultusError } from '../../../src/errors.ts';
import { VideoDecoder } from '../../../src/media/video-decoder.ts';
import { BUILTIN_PACK } from '../../../src/model/pack.ts';
import type { Rig } from '../../../src/render/renderer.ts';
import { Session } from '../../../src/session/session.ts';
import { galleryRig } from '../../support/gallery.ts';
import { sampleVoice } from '../../support/sample-voice.ts';

/** Processes are started, on a machine that may be busy. */
const SLOW_MS = 120_000;
const PATIENCE_MS = 50_000;

const SETTINGS = { packDirectory: BUILTIN_PACK, provider: 'cpu', threads: 1, processes: 1 } as const;

describe('EnginePool', () => {
  let engine: EnginePool;
  let rig: Rig;
  beforeAll(async () => {
    rig = await galleryRig();
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
    const decoder = new VideoDecoder('h264');
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
    const speaker = session.openSpeaker();
    session.close();
    session.close();
    expect(() => speaker.interrupt()).toThrow(expect.objectContaining({ code: 'session_closed' }));
    expect(() => speaker.push(new Float32Array(10))).toThrow(
      expect.objectContaining({ code: 'session_closed' }),
    );
  });

  it('is interrupted by the user who talks, listens, and tells when the user has ended', {
    timeout: SLOW_MS,
  }, async () => {
    const session = await open();
    const speaker = session.openSpeaker();
    session.setControls({ bargeIn: true });
    const events: string[] = [];
    session.on('state', (state) => events.push(state));
    session.on('user.started', () => events.push('user.started'));
    session.on('user.ended', () => events.push('user.ended'));
    session.on('speech.started', () => events.push('speech.started'));
    session.on('speech.ended', ({ reason }) => events.push(`speech.ended ${reason}`));
    const voice = await sampleVoice(3);
    speaker.push(voice);
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
    expect(events.indexOf('user.started')).toBeLessThan(events.indexOf('speech.ended interrupted'));
    // Without the control the avatar goes on.
    session.setControls({ bargeIn: false });
    speaker.push(voice);
    await expect.poll(() => events.at(-1), { timeout: PATIENCE_MS }).toBe('speech.started');
    session.hearUser(voice.subarray(0, 48000));
    expect(events.at(-1)).toBe('user.started');
    session.close();
  });

  it('takes no session that would make others late, and one again when there is room', {
    timeout: SLOW_MS,
  }, async () => {
    const full = await EnginePool.start({ ...SETTINGS, mostLoad: 0.9 });
    try {
      const huge = { ...DEFAULT_SETTINGS, avatarId: 'test', seed: 1, ...squareFormat(1024) };
      // The first session of a process is taken, whatever it costs: it makes nobody late.
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
});
