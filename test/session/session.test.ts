import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { squareFormat } from '../../src/contract/formats.ts';
import { usualVideo } from '../../src/contract/outputs.ts';
import { DEFAULT_SETTINGS } from '../../src/contract/session-settings.ts';
import { EnginePool } from '../../src/engine/pool/engine-pool.ts';
import { BUILTIN_PACK } from '../../src/model/pack.ts';
import type { Rig } from '../../src/render/renderer.ts';
import { Session } from '../../src/session/session.ts';
import { engineProcesses } from '../support/engine-processes.ts';
import { galleryRig } from '../support/gallery.ts';

/** Processes start, on a machine that may be busy. */
const SLOW_MS = 60_000;

describe('Session', { timeout: SLOW_MS }, () => {
  let engine: EnginePool;
  let rig: Rig;
  beforeAll(async () => {
    rig = await galleryRig();
    engine = await EnginePool.start({
      packDirectory: BUILTIN_PACK,
      provider: 'cpu',
      threads: 1,
      processes: 1,
    });
  }, SLOW_MS);
  afterAll(() => engine.close());

  const settings = { ...DEFAULT_SETTINGS, ...squareFormat(256), avatarId: 'test', seed: 1 };
  const open = (id: string) => Session.open(engine, id, rig, settings);
  const pictures = (session: Session) => {
    const video = vi.fn();
    session.take([usualVideo(settings)], { video });
    return video;
  };

  it('lets all hear what one cannot bear, and ends with a code, alone', async () => {
    const [broken, neighbour] = [await open('broken'), await open('neighbour')];
    const seen = pictures(neighbour);
    const [heard, error, closed] = [vi.fn(), vi.fn(), vi.fn()];
    broken.on('error', error).on('closed', closed);
    broken.on('interrupted', () => {
      throw new Error('a mistake of our own');
    });
    broken.on('interrupted', heard);
    broken.openSpeaker().interrupt();
    expect(heard).toHaveBeenCalledOnce();
    expect(broken.closed).toBe(true);
    for (const told of [error, closed])
      expect(told).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'internal' }));
    expect(engine.sessionCount).toBe(1);
    const before = seen.mock.calls.length;
    await expect.poll(() => seen.mock.calls.length, { timeout: 10_000 }).toBeGreaterThan(before + 3);
    neighbour.close();
  });

  it('hears errors that nobody listens for without ending anything', async () => {
    const session = await open('deaf');
    expect(session.emit('error', expect.anything() as never)).toBe(false);
    expect(session.closed).toBe(false);
    session.close();
  });

  it('goes on in another process where its own says what makes no sense', async () => {
    const session = await open('moved');
    const seen = pictures(session);
    const warned = vi.fn();
    session.on('warning', warned);
    await expect.poll(() => seen.mock.calls.length, { timeout: 20_000 }).toBeGreaterThan(30);
    engineProcesses.at(-1)!.emit('message', { nonsense: true });
    await expect
      .poll(() => warned.mock.calls.map(([{ code }]) => code), { timeout: 40_000 })
      .toContain('session_moved');
    const before = seen.mock.calls.length;
    await expect.poll(() => seen.mock.calls.length, { timeout: 20_000 }).toBeGreaterThan(before + 3);
    session.close();
  });
});
