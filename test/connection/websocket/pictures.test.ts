import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { s16leToFloat } from '../../../src/audio/pcm.ts';
import { WIRE_VERSION } from '../../../src/contract/wire.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';
import { openWebSocket } from '../../support/websocket-peer.ts';

let session: ScriptedSession;
let peer: Awaited<ReturnType<typeof openWebSocket>>;

beforeEach(async () => {
  session = new ScriptedSession();
  peer = await openWebSocket(session);
});
afterEach(() => peer.stop());

const whole = (mediaTimeMs: number, bytes: number) => {
  const timed = { mediaTimeMs, epoch: 0 };
  session.deliver({ kind: 'picture', ...timed, width: 16, height: 16, data: new Uint8Array(bytes) });
};
const takePictures = async () => {
  const audio = { encoding: 's16le', sampleRateHz: 24_000 } as const;
  peer.send({ type: 'hello', version: WIRE_VERSION, outputs: { picture: 'rgb', voice: audio } });
  await expect
    .poll(() => peer.received[0])
    .toMatchObject({ voice: { codec: 's16le', sampleRateHz: 24_000 } });
};

it('sends pictures that stand by themselves, and voice as samples of the rate that was asked for', async () => {
  await takePictures();
  expect(session.outputs).toEqual(['voice/pcm', 'picture/rgb/512x512/portrait']);
  for (let i = 0; i < 50; i++) {
    // 500 Hz
    const samples = Float32Array.from(
      { length: 960 },
      (_, n) => 0.5 * Math.sin((2 * Math.PI * 500 * (960 * i + n)) / 48_000),
    );
    session.deliver({ kind: 'pcm', samples, mediaTimeMs: 20 * i, epoch: 0 });
  }
  whole(40, 768);
  await expect.poll(() => peer.received.at(-1)?.type).toBe('picture');
  expect(peer.received.at(-1)).toEqual({
    ...{ type: 'picture', mediaTimeMs: 40, epoch: 0 },
    ...{ width: 16, height: 16, data: Buffer.alloc(768) },
  });
  const voice = peer.received.flatMap((message) => (message.type === 'voice' ? [message] : []));
  expect(voice.map(({ mediaTimeMs }) => mediaTimeMs)).toEqual(Array.from({ length: 50 }, (_, i) => 20 * i));
  const heard = s16leToFloat(Buffer.concat(voice.map(({ data }) => data)));
  expect(heard.length).toBeGreaterThan(23_800);
  expect(heard.length).toBeLessThanOrEqual(24_000);
  const off = heard.map((sample, n) => sample - 0.5 * Math.sin((2 * Math.PI * 500 * n) / 24_000));
  expect(Math.max(...off.subarray(200).map(Math.abs))).toBeLessThan(0.01);
});

it('follows a peer that changes its mind, and charges for each time', async () => {
  await takePictures();
  const pcm = { encoding: 's16le', sampleRateHz: 8000 } as const;
  for (let i = 0; i < 60; i++) {
    const picture = (['jpeg', 'i420'] as const)[i % 2];
    peer.send({ type: 'hello', version: WIRE_VERSION, outputs: { picture, voice: i % 2 ? pcm : true } });
  }
  peer.send({ type: 'hello', version: WIRE_VERSION });
  await expect.poll(() => session.takers).toBe(0);
  expect(peer.received.filter(({ type }) => type === 'ready')).toHaveLength(62);
  // Nothing is left that could take a late packet.
  session.deliver({ kind: 'pcm', samples: new Float32Array(960), mediaTimeMs: 0, epoch: 0 });
  expect(peer.connection.closed).toBe(false);
});

it('drops whole pictures that a slow peer would get late, and nothing else', async () => {
  await takePictures();
  const socket = (peer.client as unknown as { _socket: Socket })._socket;
  socket.pause();
  for (let i = 0; i < 400; i++) whole(40 * i, 786_432);
  session.emit('speech.ended', { utterance: 1, playedMs: 20, reason: 'completed' });
  expect(peer.connection.closed).toBe(false);
  socket.resume();
  await expect.poll(() => peer.received.some(({ type }) => type === 'speech.ended')).toBe(true);
  const times = () =>
    peer.received.flatMap((message) => (message.type === 'picture' ? [message.mediaTimeMs] : []));
  expect(times().length).toBeLessThan(20);
  whole(16_000, 786_432);
  await expect.poll(() => times().at(-1)).toBe(16_000);
});
