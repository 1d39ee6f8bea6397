import { expect, it } from 'vitest';
import { createBudgets } from '../../src/budget/budgets.ts';
import { Attachment } from '../../src/connection/attachment.ts';
import { SessionChannel } from '../../src/connection/session-channel.ts';
import { Containment } from '../../src/containment.ts';
import { parseServerMessage, serializeClientMessage } from '../../src/contract/wire.ts';
import { ScriptedSession } from '../support/scripted-session.ts';

/** As on a data channel: nobody can be made to wait there. */
function openChannel() {
  const session = new ScriptedSession();
  const failures: string[] = [];
  const told: string[] = [];
  const abuse: string[] = [];
  const attachment = new Attachment(session, new Containment(({ code }) => failures.push(code)));
  const channel = new SessionChannel(
    attachment,
    (bytes) => {
      const message = parseServerMessage(bytes);
      told.push(message.type === 'error' ? message.code : message.type);
    },
    {
      role: 'control',
      media: false,
      budgets: createBudgets(),
      onAbuse: ({ code }) => abuse.push(code),
    },
  );
  return { session, channel, failures, told, abuse };
}

it('sends away a peer that goes on sending what it may not, and takes nothing of it any more', () => {
  const { session, channel, failures, told, abuse } = openChannel();
  const interrupt = serializeClientMessage({ type: 'interrupt' });
  for (let i = 0; i < 20_000; i++) channel.receive(interrupt);
  expect(abuse).toEqual(['too_many_requests']);
  expect(told.at(-1)).toBe('too_many_requests');
  expect(session.calls.length).toBeLessThan(200);
  expect(failures).toEqual([]);
});

it('sends away a peer of which nothing can be read', async () => {
  const { channel, told, abuse } = openChannel();
  for (let i = 0; i < 100; i++) channel.receive(Uint8Array.of(0xc1));
  await expect.poll(() => abuse).toEqual(['too_many_bad_messages']);
  expect(told.filter((code) => code === 'invalid_message').length).toBeLessThan(25);
});

it('gives the session what a camera sees of the user, and refuses what is none', async () => {
  const { session, channel, told } = openChannel();
  const say = (face: object) =>
    channel.receive(serializeClientMessage({ type: 'user.face', ...face } as never));
  say({ timeMs: 1, head: { yaw: 0.1, pitch: 0 }, smile: 0.5 });
  const former = told.length;
  say({ timeMs: 2, smile: Number.NaN });
  say({ timeMs: 2, head: { yaw: 9, pitch: 0 } });
  await expect.poll(() => told.slice(former)).toEqual(['invalid_message', 'invalid_message']);
  expect(session.seen).toEqual([{ timeMs: 1, head: { yaw: 0.1, pitch: 0 }, smile: 0.5 }]);
});

it('gives a performer’s motion to the session, refuses what is none, and says where somebody else performs', async () => {
  const { session, channel, told } = openChannel();
  const say = (frame: object) =>
    channel.receive(serializeClientMessage({ type: 'motion', ...frame } as never));
  say({ timeMs: 1, shapes: { jawOpen: 0.5 } });
  expect(session.motion).toEqual([{ timeMs: 1, shapes: { jawOpen: 0.5 }, head: undefined }]);
  const former = told.length;
  say({ timeMs: Number.NaN, shapes: { jawOpen: 0.5 } });
  say({ timeMs: 2, shapes: { jawOpen: Number.NaN } });
  say({ timeMs: 2, head: { yaw: Number.POSITIVE_INFINITY, pitch: 0, roll: 0 } });
  const refused = ['invalid_message', 'invalid_message', 'invalid_message'];
  await expect.poll(() => told.slice(former)).toEqual(refused);
  expect(session.motion.length).toBe(1);
  session.performs = false;
  for (let i = 3; i < 9; i++) say({ timeMs: i, shapes: {} });
  await expect.poll(() => session.motion.length).toBe(7);
  expect(told.slice(former + 3)).toEqual(['warning']);
});
