import { expect, it } from 'vitest';
import { createBudgets } from '../../../src/budget/budgets.ts';
import { RateBudget } from '../../../src/budget/rate-budget.ts';
import { LiveKitConnection } from '../../../src/connection/livekit/livekit-connection.ts';
import type { RoomListener, Rooms } from '../../../src/connection/livekit/rooms.ts';
import type { VultusError } from '../../../src/errors.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';

it('an agent that leaves the ends of its segments unanswered is not kept for ever', () => {
  let tell: RoomListener = () => {};
  const line = { rejoin() {}, picture: () => true, voice() {}, notice() {}, leave() {} };
  const rooms = {
    join(_request: unknown, listener: RoomListener) {
      tell = listener;
      return line;
    },
  } as unknown as Rooms;
  const budgets = { ...createBudgets(), messages: new RateBudget<string>('messages', undefined, 'messages') };
  const connection = new LiveKitConnection(rooms, { url: 'ws://127.0.0.1', token: 'a.b.c' }, { budgets });
  let ended: VultusError | undefined;
  connection.once('closed', (_why, error) => {
    ended = error;
  });
  connection.attach(new ScriptedSession('s1', { avatarId: 'own' }));
  tell({ type: 'sender', identity: 'agent', present: true });
  // Of no format: each is over at once.
  for (let stream = 1; stream <= 900; stream++) tell({ type: 'header', stream, attributes: {} });
  expect(ended).toBeUndefined();
  tell({ type: 'noticed', id: 1 });
  for (let stream = 901; stream <= 1100; stream++) tell({ type: 'header', stream, attributes: {} });
  expect(ended).toMatchObject({ code: 'room_flooded' });
});
