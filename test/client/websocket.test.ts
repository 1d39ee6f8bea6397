import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type LiveConnection,
  type LiveEvents,
  type Session,
  speakPaced,
  Vultus,
  VultusClientError,
  type WebSocketOptions,
} from '../../src/client/index.ts';
import { problem, READY, TestServer } from './support/test-server.ts';

const SESSION = { id: 's1', avatarId: 'a1' };
let server: TestServer;
let session: Session;

beforeEach(async () => {
  server = await TestServer.start((app) => {
    app.get('/v1/sessions/s1', () => SESSION);
    app.get('/v1/sessions/:id', (_request, reply) =>
      reply.code(404).type('application/problem+json').send(problem('session_not_found')),
    );
    app.post('/v1/sessions', (_request, reply) => reply.code(201).send(SESSION));
  });
  session = await new Vultus({ url: server.url }).sessions.create({ avatarId: 'a1' });
});
afterEach(() => server.stop());

function connect(options?: WebSocketOptions): Promise<LiveConnection> {
  return session.connectWebSocket(options);
}

function next<Name extends keyof LiveEvents>(live: LiveConnection, name: Name): Promise<LiveEvents[Name]> {
  return new Promise((resolve) => live.once(name, resolve));
}

test('hello announces format and outputs; ready opens the connection', async () => {
  const live = await connect({
    audio: { encoding: 's16le', sampleRateHz: 48000 },
    outputs: { motion: true },
  });
  expect(live.ready).toEqual(READY);
  expect(live).toMatchObject({ route: 'websocket', sessionId: 's1', closed: false });
  expect(server.messages).toEqual([
    {
      type: 'hello',
      version: 2,
      audio: { encoding: 's16le', sampleRateHz: 48000 },
      outputs: { motion: true },
    },
  ]);
});

test('words go in messages of as many as the server takes, with their utterance', async () => {
  const live = await connect();
  const words = Array.from({ length: 450 }, (_, i) => ({
    text: `${i}`,
    startMs: 10 * i,
    endMs: 10 * i + 10,
  }));
  live.words(words, { utterance: 'a' });
  live.words(words.slice(0, 1));
  await live.ping();
  const sent = server.messages.filter((message) => message.type === 'words');
  expect(sent.map(({ utterance, words: { length } }) => ({ utterance, length }))).toEqual([
    { utterance: 'a', length: 200 },
    { utterance: 'a', length: 200 },
    { utterance: 'a', length: 50 },
    { utterance: undefined, length: 1 },
  ]);
  expect(sent.slice(0, 3).flatMap((message) => message.words)).toEqual(words);
  const told = next(live, 'speech.word');
  const word = { utterance: 1, id: 'a', index: 0, ...words[0], mediaTimeMs: 40 };
  server.peer!.send({ type: 'speech.word', ...word });
  expect(await told).toEqual({ type: 'speech.word', ...word });
});

test('every kind of message arrives at the server as it was said', async () => {
  const live = await connect();
  live.speak(new Int16Array([1, -2]));
  live.speak(new Float32Array([0, 1, -1, 2]));
  live.speak(new Uint8Array([5, 6]));
  live.endSpeech();
  live.interrupt();
  live.speak(new Uint8Array([7, 8]), { utterance: 'hers' });
  live.endSpeech({ utterance: 'hers' });
  live.interrupt({ utterance: 'hers' });
  live.pause();
  live.resume();
  live.setControls({ gaze: { yaw: 0.2, pitch: -0.1 }, emotion: 'voice' });
  live.setBackground('#0a0b0c');
  live.requestKeyFrame();
  expect(await live.ping()).toBeGreaterThanOrEqual(0);
  const [, ...messages] = server.messages;
  expect(messages.slice(5, 8)).toEqual([
    { type: 'audio', data: Buffer.from([7, 8]), utterance: 'hers' },
    { type: 'speech.end', utterance: 'hers' },
    { type: 'interrupt', utterance: 'hers' },
  ]);
  expect(messages.map(({ type }) => type)).toEqual([
    'audio',
    'audio',
    'audio',
    'speech.end',
    'interrupt',
    'audio',
    'speech.end',
    'interrupt',
    'pause',
    'resume',
    'control',
    'background',
    'keyframe',
    'ping',
  ]);
  const audio = messages.filter((message) => message.type === 'audio').map(({ data }) => [...data]);
  expect(audio).toEqual([
    [1, 0, 0xfe, 0xff],
    [0, 0, 0xff, 0x7f, 0x01, 0x80, 0xff, 0x7f],
    [5, 6],
    [7, 8],
  ]);
  expect(messages[10]).toEqual({
    type: 'control',
    controls: { gaze: { yaw: 0.2, pitch: -0.1 }, emotion: 'voice' },
  });
  expect(messages[11]).toEqual({ type: 'background', background: '#0a0b0c' });
  expect(() => live.setBackground(`data:image/png;base64,${'A'.repeat(1_000_000)}`)).toThrow(
    expect.objectContaining({ code: 'background_too_large' }),
  );
});

test('long voice travels in messages of bounded size, without loss', async () => {
  const live = await connect();
  const voice = Int16Array.from({ length: 200_001 }, (_, i) => i);
  live.speak(voice);
  await live.ping();
  const parts = server.messages.filter((message) => message.type === 'audio').map(({ data }) => data);
  expect(parts.every(({ length }) => length <= 65_536 && length % 2 === 0)).toBe(true);
  expect(Buffer.concat(parts).equals(Buffer.from(voice.buffer))).toBe(true);
});

test('an Opus connection takes exactly packets, a PCM connection exactly whole samples', async () => {
  const pcm = await connect();
  expect(() => pcm.speak(new Uint8Array(3))).toThrow(expect.objectContaining({ code: 'invalid_audio' }));
  const opus = await connect({ audio: { encoding: 'opus' } });
  expect(() => opus.speak(new Float32Array(3))).toThrow(expect.objectContaining({ code: 'invalid_audio' }));
  opus.speak(new Uint8Array([1, 2, 3]));
  await opus.ping();
  expect(server.messages.at(-2)).toEqual({ type: 'audio', data: Buffer.from([1, 2, 3]) });
});

test('events come out typed; media with its bytes, motion as floats', async () => {
  const live = await connect();
  const frame = Float32Array.from({ length: 58 }, (_, i) => i / 58);
  const { peer } = server;
  const started = next(live, 'speech.started');
  const ended = next(live, 'speech.ended');
  const video = next(live, 'video');
  const motion = next(live, 'motion');
  const warning = next(live, 'warning');
  peer?.send({ type: 'speech.started', utterance: 3, mediaTimeMs: 40 });
  peer?.send({ type: 'video', mediaTimeMs: 40, epoch: 1, key: true, data: new Uint8Array([9, 8, 7]) });
  peer?.send({ type: 'motion', mediaTimeMs: 40, epoch: 1, data: new Uint8Array(frame.buffer) });
  peer?.send({ type: 'speech.ended', utterance: 3, playedMs: 1200, interrupted: true });
  peer?.send({ type: 'warning', code: 'late', message: 'Pictures come late.' });
  expect(await started).toMatchObject({ utterance: 3, mediaTimeMs: 40 });
  expect([...(await video).data]).toEqual([9, 8, 7]);
  expect((await motion).frame).toEqual(frame);
  expect(await ended).toMatchObject({ playedMs: 1200, interrupted: true });
  expect(await warning).toMatchObject({ code: 'late' });
});

test('a message that cannot be read is reported and left out; the connection goes on', async () => {
  const live = await connect();
  for (const garbage of [Buffer.from([0xc1]), Buffer.from('hello'), Buffer.alloc(0)]) {
    const error = next(live, 'error');
    server.peer?.socket.send(garbage);
    expect(await error).toMatchObject({ code: 'invalid_server_message' });
  }
  expect(await live.ping()).toBeGreaterThanOrEqual(0);
});

test.each([
  [1000, '', undefined],
  [4010, '', 'session_closed'],
  [4004, '', 'session_not_found'],
  [4029, 'audio_buffer_full', 'audio_buffer_full'],
  [4000, 'invalid_message: no such field', 'invalid_message'],
  [1011, '', 'internal'],
  [1001, '', 'session_closed'],
  [4321, 'from the future', 'connection_lost'],
])('close code %i %j ends the connection with code %s', async (closeCode, reason, code) => {
  const live = await connect();
  const closed = next(live, 'closed');
  server.peer?.socket.close(closeCode, reason);
  const { error } = await closed;
  expect(error?.code).toBe(code);
  if (code) expect(error).toMatchObject({ closeCode });
  expect(live.closed).toBe(true);
  expect(() => live.interrupt()).toThrow(expect.objectContaining({ code: 'connection_closed' }));
});

test('an error that the server reported explains the close that follows', async () => {
  const live = await connect();
  const closed = next(live, 'closed');
  server.peer?.send({
    type: 'error',
    code: 'engine_failed',
    message: 'The engine worker failed.',
    retryAfterS: 12,
  });
  server.peer?.socket.close(1011);
  expect((await closed).error).toMatchObject({
    code: 'engine_failed',
    message: 'The engine worker failed.',
    closeCode: 1011,
    retryAfterS: 12,
  });
});

test('a socket that is cut loses the connection and every waiting ping, where it is not made again', async () => {
  const live = await connect({ reconnect: false });
  server.onMessage = () => server.peer?.socket.terminate();
  const closed = next(live, 'closed');
  await expect(live.ping()).rejects.toMatchObject({ code: 'connection_lost' });
  expect((await closed).error).toMatchObject({ code: 'connection_lost', closeCode: 1006 });
});

test('close is idempotent, tells once and leaves the socket with 1000', async () => {
  const live = await connect();
  const seen: unknown[] = [];
  live.on('closed', (event) => seen.push(event));
  live.close();
  live.close();
  expect(await server.peer?.closed).toBe(1000);
  expect(seen).toEqual([{ error: undefined }]);
});

test('a server that never gets ready, refuses, or is left by abort', async () => {
  server.onMessage = () => {};
  await expect(connect({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'connect_timeout' });
  const reason = new Error('navigated away');
  await expect(connect({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  server.onMessage = (_message, peer) => {
    peer.send({ type: 'error', code: 'too_many_viewers', message: 'Try again later.' });
    peer.socket.close(4029);
  };
  await expect(connect()).rejects.toMatchObject({
    code: 'too_many_viewers',
    message: 'Try again later.',
  });
});

test('a refused upgrade is explained by the session itself', async () => {
  const vultus = new Vultus({ url: server.url });
  const gone = await vultus.sessions.get('s1');
  Object.assign(gone, { id: 's2' });
  await expect(gone.connectWebSocket()).rejects.toMatchObject({ code: 'session_not_found', status: 404 });
  await server.stop();
  await expect(session.connectWebSocket()).rejects.toMatchObject({ code: 'server_unreachable' });
  await expect(session.connectWebSocket()).rejects.toBeInstanceOf(VultusClientError);
});

test('what only a browser has says so in Node', async () => {
  const live = await connect();
  const { attachWebCodecs } = await import('../../src/client/web-codecs.ts');
  await expect(attachWebCodecs(live, {} as HTMLCanvasElement)).rejects.toMatchObject({ code: 'unsupported' });
  await expect(session.connectWebRtc()).rejects.toMatchObject({ code: 'unsupported' });
  await expect(live.setMicrophone({ kind: 'audio' } as MediaStreamTrack)).rejects.toMatchObject({
    code: 'unsupported',
  });
});

test('a recording is spoken whole, once, with its end', async () => {
  const live = await connect();
  const samples = Float32Array.from({ length: 24_000 * 0.73 }, (_, i) => Math.sin(i / 20) / 2);
  const progress: number[] = [];
  await speakPaced(live, samples, { sampleRateHz: 24_000, onProgress: (sentMs) => progress.push(sentMs) });
  await live.ping();
  const audio = server.messages.filter((message) => message.type === 'audio');
  expect(audio.reduce((sum, { data }) => sum + data.length, 0)).toBe(samples.length * 2);
  expect(server.messages.filter(({ type }) => type === 'speech.end')).toHaveLength(1);
  expect(progress.at(-1)).toBeCloseTo(730);
});

test('a recording that is stopped sends nothing more, not even its end', async () => {
  const live = await connect();
  const abort = new AbortController();
  await speakPaced(live, new Float32Array(240_000), {
    sampleRateHz: 24_000,
    signal: abort.signal,
    onProgress: (sentMs) => sentMs >= 300 && abort.abort(),
  });
  await live.ping();
  expect(server.messages.filter(({ type }) => type === 'audio')).toHaveLength(3);
  expect(server.messages.some(({ type }) => type === 'speech.end')).toBe(false);
});
