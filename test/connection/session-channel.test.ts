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
