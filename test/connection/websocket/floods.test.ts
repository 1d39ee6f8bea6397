import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { createBudgets } from '../../../src/budget/budgets.ts';
import { type ServerMessage, WIRE_VERSION } from '../../../src/contract/wire.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';
import { openWebSocket } from '../../support/websocket-peer.ts';

let session: ScriptedSession;
let peer: Awaited<ReturnType<typeof openWebSocket>>;
let client: WebSocket;
let received: ServerMessage[];
let ended: { times: number };
let hello: () => Promise<void>;
let send: typeof peer.send;

beforeEach(async () => {
  session = new ScriptedSession();
  peer = await openWebSocket(session);
  ({ client, received, ended, hello, send } = peer);
});
afterEach(() => peer.stop());

it('sends a peer away after many bad messages, and says so', async () => {
  const end = peer.closed();
  for (let i = 0; i < 2000; i++) client.send(Buffer.from([0xc1]));
  expect(await end).toMatchObject({
    code: 1008,
    reason: expect.stringMatching(/^too_many_bad_messages: /),
  });
  const codes = received.map((message) => (message.type === 'error' ? message.code : message.type));
  expect(codes.length).toBeLessThan(30);
  expect(codes.at(-1)).toBe('too_many_bad_messages');
  await expect.poll(() => ended.times).toBe(1);
});

it('takes all of a burst of small voice messages, in few pieces', async () => {
  await hello();
  for (let i = 0; i < 3000; i++) {
    const data = Buffer.alloc(96);
    for (let at = 0; at < data.length; at += 2) data.writeInt16LE(i + 1, at);
    send({ type: 'audio', data });
  }
  send({ type: 'speech.end' });
  await expect.poll(() => session.calls, { timeout: 15_000 }).toContain('endSpeech');
  const said = session.voice.flatMap((samples) => [...samples]);
  expect(said).toHaveLength(3000 * 48);
  expect(said.map((sample) => sample * 32768)).toEqual(
    Array.from({ length: said.length }, (_, i) => 1 + Math.floor(i / 48)),
  );
  expect(session.voice.length).toBeLessThan(1000);
});

it('does not let interruptions storm, and loses none of the voice between them', async () => {
  await hello();
  const storm = 400;
  for (let i = 0; i < storm; i++) send({ type: 'interrupt' });
  await delay(500);
  const at = session.calls.filter((call) => call === 'interrupt').length;
  expect(at).toBeGreaterThan(0);
  expect(at).toBeLessThan(200);
  // It is read on as its budget comes back.
  await expect
    .poll(() => session.calls.filter((call) => call === 'interrupt').length, { timeout: 5000 })
    .toBeGreaterThan(at);
});

it('opens no decoder again where hello repeats the voice, and applies many controls as one', async () => {
  await hello();
  // Half a sample, which a decoder that goes on completes.
  send({ type: 'audio', data: Uint8Array.of(0x00) });
  send({
    type: 'hello',
    version: WIRE_VERSION,
    audio: { encoding: 's16le', sampleRateHz: 48000 },
    outputs: { motion: true },
  });
  send({ type: 'audio', data: Buffer.from([0x40, ...Array(16).fill(0)]) });
  for (let i = 0; i < 200; i++) send({ type: 'control', controls: { distance: i / 1000 } });
  send({ type: 'speech.end' });
  await expect.poll(() => session.calls).toContain('endSpeech');
  expect(session.voice.flatMap((samples) => [...samples])[0]).toBe(0.5);
  expect(session.calls).toContain('take motion');
  const controls = session.calls.filter((call) => call.startsWith('setControls'));
  expect(controls.length).toBeLessThan(20);
  expect(controls.at(-1)).toBe('setControls {"distance":0.199}');
});

it('asks for few key frames, however often the peer does', async () => {
  await hello();
  for (let i = 0; i < 100; i++) send({ type: 'keyframe' });
  send({ type: 'ping', id: 1 });
  await expect.poll(() => received.at(-1)).toEqual({ type: 'pong', id: 1 });
  const asked = session.calls.filter((call) => call === 'requestKeyFrame').length;
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThan(10);
});

it('waits with a peer that is made to wait: its answers to pings are far behind', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    peer.stop();
    session = new ScriptedSession();
    peer = await openWebSocket(session);
    for (let i = 0; i < 400; i++) peer.send({ type: 'interrupt' });
    while (session.calls.filter((call) => call === 'interrupt').length < 100) await delay(5);
    for (let s = 0; s < 60; s += 10) vi.advanceTimersByTime(10_000);
    expect(peer.connection.closed).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});

it('has no more to spend when it comes back, and viewers have their own', async () => {
  const budgets = createBudgets();
  const open = async (role: 'control' | 'view') => {
    const opened = await openWebSocket(session, { role, budgets });
    opened.send({ type: 'ping', id: 1 });
    return opened;
  };
  const first = await open('control');
  await expect.poll(() => first.received).toHaveLength(1);
  budgets.messages.bucket(session.id)?.spend(20_000);
  first.stop();
  const [back, viewer] = [await open('control'), await open('view')];
  await expect.poll(() => viewer.received).toEqual([{ type: 'pong', id: 1 }]);
  expect(back.received).toEqual([]);
  back.stop();
  viewer.stop();
});
