import { expect, test } from 'vitest';
import type { AvatarStore } from '../../src/avatar/avatar-store.ts';
import type { EnginePool } from '../../src/engine/pool/engine-pool.ts';
import { VultusError } from '../../src/errors.ts';
import { SessionManager } from '../../src/session/session-manager.ts';

test.each([
  [1, 'one session runs, which is all that is allowed'],
  [2, '2 sessions run, which is all that are allowed'],
])('of %i sessions, one more is refused in a whole sentence', async (maxSessions, sentence) => {
  const admission = { refusal: (detail: string) => new VultusError('at_capacity', detail) };
  const avatars = { rig: () => new Promise(() => {}) };
  const sessions = new SessionManager(
    { admission } as unknown as EnginePool,
    avatars as unknown as AvatarStore,
    { maxSessions },
  );
  for (let opening = 0; opening < maxSessions; opening++) void sessions.create({ avatarId: 'own' });
  await expect(sessions.create({ avatarId: 'own' })).rejects.toMatchObject({
    code: 'at_capacity',
    detail: sentence,
  });
});
