import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Role } from '../../../src/contract/roles.ts';
import { WIRE_VERSION } from '../../../src/contract/wire.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';
import { openWebSocket } from '../../support/websocket-peer.ts';

let session: ScriptedSession;
let peer: Awaited<ReturnType<typeof openWebSocket>>;

beforeEach(() => {
  session = new ScriptedSession();
});
afterEach(() => peer.stop());

async function greet(role: Role) {
  peer = await openWebSocket(session, { role });
  peer.send({ type: 'hello', version: WIRE_VERSION, outputs: { userAudio: 'pcm' } });
}
const heard = (mediaTimeMs: number) =>
  session.deliver({ kind: 'userAudio', mediaTimeMs, data: new Uint8Array(640).fill(7) });
const times = () =>
  peer.received.flatMap((message) => (message.type === 'user.audio' ? [message.mediaTimeMs] : []));

it('brings what the user says to those who ask for it', async () => {
  await greet('control');
  await expect.poll(() => session.outputs).toEqual(['userAudio/pcm']);
  heard(40);
  await expect
    .poll(() => peer.received.at(-1))
    .toMatchObject({ type: 'user.audio', mediaTimeMs: 40, data: Buffer.alloc(640, 7) });
});

it('is not for those who only watch', async () => {
  await greet('view');
  await expect.poll(() => peer.received.at(-1)).toMatchObject({ type: 'error', code: 'view_only' });
  expect(session.outputs).toEqual([]);
  heard(40);
  peer.send({ type: 'ping', id: 1 });
  await expect.poll(() => peer.received.at(-1)).toEqual({ type: 'pong', id: 1 });
  expect(times()).toEqual([]);
});

it('is left out where a slow reader would get it late', async () => {
  await greet('control');
  await expect.poll(() => session.outputs).toEqual(['userAudio/pcm']);
  const socket = (peer.client as unknown as { _socket: Socket })._socket;
  socket.pause();
  for (let i = 0; i < 60_000; i++) heard(20 * i);
  expect(peer.connection.closed).toBe(false);
  socket.resume();
  heard(2_000_000);
  session.emit('user.started');
  await expect.poll(() => peer.received.at(-1)?.type).toBe('user.started');
  // Kernels hold some megabytes for both ends.
  expect(times().length).toBeLessThan(30_000);
});
