import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Session, Vultus, type WebSocketOptions } from '../../src/client/index.ts';
import { TestServer } from './support/test-server.ts';

let server: TestServer;
let session: Session;

beforeEach(async () => {
  server = await TestServer.start((app) => {
    app.post('/v1/sessions', (_request, reply) => reply.code(201).send({ id: 's1', avatarId: 'a1' }));
  });
  session = await new Vultus({ url: server.url }).sessions.create({ avatarId: 'a1' });
});
afterEach(() => server.stop());

const connect = (options: WebSocketOptions) => session.connectWebSocket(options);

test('a microphone has a format of its own, and what the user says comes back', async () => {
  const live = await connect({
    audio: { encoding: 's16le', sampleRateHz: 24000 },
    microphoneAudio: { encoding: 'pcmu', sampleRateHz: 8000 },
    voiceInput: 'listen',
    outputs: { userAudio: 'pcm' },
  });
  live.hear(new Uint8Array([255, 127, 0]));
  live.speak(new Int16Array([1]));
  expect(() => live.hear(new Float32Array(160))).toThrow(
    expect.objectContaining({ code: 'invalid_audio', message: expect.stringContaining('pcmu') }),
  );
  await expect.poll(() => server.messages.length).toBe(3);
  expect(server.messages).toMatchObject([
    { type: 'hello', microphone: { encoding: 'pcmu', sampleRateHz: 8000 }, outputs: { userAudio: 'pcm' } },
    { type: 'audio', live: true, data: Buffer.from([255, 127, 0]) },
    { type: 'audio', data: Buffer.from([1, 0]) },
  ]);
  const heard = new Promise((resolve) => live.once('user.audio', resolve));
  server.peer!.send({ type: 'user.audio', mediaTimeMs: 40, data: new Uint8Array(640) });
  expect(await heard).toMatchObject({ mediaTimeMs: 40, data: new Uint8Array(640) });
});

test('a hello that is refused rejects at once, with the reason', async () => {
  server.onMessage = (_, peer) => peer.send({ type: 'error', code: 'view_only', message: 'no' });
  await expect(connect({ timeoutMs: 15_000 })).rejects.toMatchObject({ code: 'view_only' });
});
