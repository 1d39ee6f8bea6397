import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import type { Rig } from '../../src/avatar/rig.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { VultusError } from '../../src/errors.ts';
import { BUILTIN_PACK } from '../../src/model/pack.ts';
import { Session } from '../../src/session/session.ts';
import { DEFAULT_SETTINGS } from '../../src/session/session-manager.ts';
import { firstGalleryPortrait } from '../support/gallery.ts';

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
});
