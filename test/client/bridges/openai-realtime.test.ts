/** Event streams after the types of the npm package `openai` 7.59 (`RealtimeServerEvent`), in and out of order. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  bridgeOpenAiRealtime,
  type Interruption,
  type OpenAiRealtimeBridge,
} from '../../../src/client/bridges/openai-realtime.ts';
import { type LiveConnection, Vultus, type VultusClientError } from '../../../src/client/index.ts';
import type { ClientMessage, ServerMessage } from '../../../src/contract/wire.ts';
import {
  audioDone,
  created,
  delta,
  done,
  place,
  speechStarted,
  transcript,
} from '../support/realtime-events.ts';
import { ScriptedModel } from '../support/scripted-model.ts';
import { TestServer } from '../support/test-server.ts';

let face: TestServer;
let model: ScriptedModel;
let live: LiveConnection;
let bridge: OpenAiRealtimeBridge;
let interruptions: Interruption[];

beforeEach(async () => {
  face = await TestServer.start((app) => {
    app.get('/v1/sessions/s1', () => ({ id: 's1', avatarId: 'a1' }));
    app.post('/v1/sessions', (_request, reply) => reply.code(201).send({ id: 's1', avatarId: 'a1' }));
  });
  model = await ScriptedModel.start();
  const session = await new Vultus({ url: face.url }).sessions.create({ avatarId: 'a1' });
  live = await session.connectWebSocket({ outputs: {} });
  interruptions = [];
  bridge = bridgeOpenAiRealtime(live, model.socket, { onInterrupted: (one) => interruptions.push(one) });
});
afterEach(async () => {
  bridge.close();
  live.close();
  await Promise.all([face.stop(), model.stop()]);
});

/** What the face has been told, but for hello; once all of it is there. */
async function told(): Promise<string[]> {
  await live.ping();
  return face.messages
    .filter(({ type }) => type !== 'hello' && type !== 'ping')
    .map((message) => describeMessage(message));
}

function describeMessage(message: ClientMessage): string {
  if (message.type === 'audio') return `${message.utterance} ${message.data.length / 48} ms`;
  if (message.type === 'words') {
    const words = message.words.map(({ text, startMs }) => `${text}@${startMs}`);
    return `${message.utterance} says ${words.join(' ')}`;
  }
  return 'utterance' in message && message.utterance ? `${message.type} ${message.utterance}` : message.type;
}

let number = 0;
async function tell(
  id: string,
  playedMs: number,
  reason: 'completed' | 'interrupted' | 'underrun' = 'completed',
  lastWord?: { index: number; text: string },
): Promise<void> {
  const interrupted = reason === 'interrupted';
  const message: ServerMessage = {
    ...{ type: 'speech.ended', utterance: ++number, id, playedMs, interrupted, reason },
    ...(lastWord && { lastWord }),
  };
  face.peer!.send(message);
  await live.ping();
}

const truncations = async () => {
  await model.say();
  return model.received.map(({ type, item_id, audio_end_ms, content_index }) => {
    if (type !== 'conversation.item.truncate') return type;
    expect(content_index).toBe(0);
    return `${item_id} ${audio_end_ms}`;
  });
};

it('says each item under its id, with its words where they came, and completes it', async () => {
  await model.say(
    {
      type: 'session.created',
      session: { audio: { output: { format: { type: 'audio/pcm', rate: 24000 } } } },
    },
    created('r1'),
    transcript('item_1', 'Hel'),
    transcript('item_1', 'lo, '),
    delta('item_1', 200),
    transcript('item_1', 'how are'),
    delta('item_1', 300),
    transcript('item_1', ' you?'),
    { type: 'response.output_audio_transcript.done', ...place('item_1'), transcript: 'Hello, how are you?' },
    audioDone('item_1'),
    done('r1'),
  );
  expect(await told()).toEqual([
    'item_1 200 ms',
    'item_1 says Hello,@0',
    'item_1 300 ms',
    'item_1 says how@455',
    // Whatever is placed behind the end is said before it.
    'item_1 says are@499 you?@499',
    'speech.end item_1',
  ]);
  expect(await truncations()).toEqual([]);
});

it('falls silent when the user begins to talk, and truncates to what was heard, whatever comes late', async () => {
  await model.say(created('r1'), delta('item_1', 500), speechStarted, delta('item_1', 500));
  await model.say(done('r1', 'cancelled'), delta('item_1', 40), audioDone('item_1'));
  expect(await told()).toEqual(['item_1 500 ms', 'interrupt']);
  expect(await truncations()).toEqual([]);
  await tell('item_1', 312.5, 'interrupted', { index: 1, text: 'are' });
  expect(await truncations()).toEqual(['item_1 312']);
  expect(interruptions).toEqual([{ item: 'item_1', heardMs: 312, lengthMs: 500, lastWord: 'are' }]);
  // The next response is said, though nothing was heard of the one before.
  await model.say(created('r2'), delta('item_2', 100, 'r2'));
  expect((await told()).at(-1)).toBe('item_2 100 ms');
  await tell('item_1', 312.5, 'interrupted');
  expect(await truncations()).toEqual(['item_1 312']);
});

it('truncates both items of a response: the one that was spoken, and the one that waited', async () => {
  await model.say(created('r1'), delta('a', 400), audioDone('a'), delta('b', 300), speechStarted);
  await model.say(delta('b', 300), delta('c', 300), done('r1', 'cancelled'));
  expect(await told()).toEqual(['a 400 ms', 'speech.end a', 'b 300 ms', 'interrupt']);
  await tell('a', 100, 'interrupted');
  await tell('b', 0, 'interrupted');
  expect(await truncations()).toEqual(['a 100', 'b 0']);
});

it('tells nothing of what was heard to its end, and never more than there is', async () => {
  await model.say(created('r1'), delta('a', 400), audioDone('a'), delta('b', 300));
  await tell('a', 400);
  await model.say(speechStarted);
  await tell('b', 5000, 'interrupted');
  expect(await truncations()).toEqual(['b 300']);
  // All of it was heard when the interruption came.
  await model.say(created('r2'), delta('d', 100, 'r2'), audioDone('d'), done('r2'), speechStarted);
  await tell('d', 100);
  expect(await truncations()).toEqual(['b 300']);
});

it('makes nothing of an item without voice, nor of talking while nothing is said', async () => {
  await model.say(created('r1'), transcript('a', 'Hm. '), audioDone('a'), done('r1'), speechStarted);
  await model.say({ ...delta('b', 0), delta: '' }, audioDone('b'));
  expect(await told()).toEqual([]);
  expect(await truncations()).toEqual([]);
});

it('cancels the response where the face is interrupted by somebody else', async () => {
  await model.say(created('r1'), delta('a', 500));
  await tell('a', 200, 'interrupted');
  await model.say(delta('a', 500), delta('b', 500));
  expect(await truncations()).toEqual(['a 200', 'response.cancel']);
  expect(model.received.at(-1)).toEqual({ type: 'response.cancel', response_id: 'r1' });
  bridge.interrupt();
  expect(await told()).toEqual(['a 500 ms']);
  await model.say(done('r1', 'cancelled'), created('r2'), delta('c', 100, 'r2'));
  bridge.interrupt();
  await tell('c', 50, 'interrupted');
  expect(await told()).toEqual(['a 500 ms', 'c 100 ms', 'interrupt']);
  expect(await truncations()).toEqual(['a 200', 'response.cancel', 'response.cancel', 'c 50']);
});

it('leaves function calls and whatever else there is alone', async () => {
  await model.say(
    {
      type: 'response.function_call_arguments.done',
      ...place('f'),
      call_id: 'c',
      name: 'f',
      arguments: '{}',
    },
    { type: 'response.output_text.delta', ...place('t'), delta: 'text' },
    { type: 'error', error: { message: 'no' } },
    { type: 'rate_limits.updated' },
  );
  expect(await told()).toEqual([]);
  expect(await truncations()).toEqual([]);
});

it('counts on in an item where the connection to the face was made again meanwhile', async () => {
  await model.say(created('r1'), delta('a', 400));
  await live.ping();
  const back = new Promise((resolve) => live.once('reconnected', resolve));
  const away = new Promise((resolve) => live.once('reconnecting', resolve));
  face.peer!.socket.terminate();
  await away;
  await model.say(delta('a', 100), transcript('a', 'late or not '));
  await back;
  await model.say(delta('a', 300), transcript('a', 'more '), delta('a', 100), audioDone('a'));
  expect(await told()).toEqual([
    'a 400 ms',
    'a#2 100 ms',
    'a#2 says late@0 or@0',
    'a#2 300 ms',
    'a#2 says not@120',
    'a#2 says more@380',
    'a#2 100 ms',
    'speech.end a#2',
  ]);
  await tell('a', 400, 'underrun');
  await model.say(speechStarted);
  await tell('a#2', 120, 'interrupted');
  expect(await truncations()).toEqual(['a 520']);
});

it('repeats an interruption that was lost on the way, and goes by its own clock where no end is told', async () => {
  await model.say(created('r1'), delta('a', 60_000), audioDone('a'), done('r1'));
  const startedMs = performance.now();
  face.peer!.send({ type: 'speech.started', utterance: 1, id: 'a', mediaTimeMs: 0 });
  await live.ping();
  const back = new Promise((resolve) => live.once('reconnected', resolve));
  const away = new Promise((resolve) => live.once('reconnecting', resolve));
  face.peer!.socket.terminate();
  await away;
  await model.say(speechStarted);
  const saidMs = performance.now() - startedMs;
  await back;
  expect(await told()).toContain('interrupt');
  expect(await truncations()).toEqual([]);
  await expect.poll(() => interruptions, { timeout: 10_000 }).toHaveLength(1);
  const [{ heardMs }] = interruptions;
  expect(heardMs).toBeGreaterThan(0);
  expect(heardMs).toBeLessThanOrEqual(saidMs);
  expect(await truncations()).toEqual([`a ${heardMs}`]);
});

it('takes the events of the npm package openai as they are', async () => {
  const emitter = Object.assign(new EventEmitter(), {
    sent: [] as object[],
    send: (event: object) => void emitter.sent.push(event),
  });
  const other = bridgeOpenAiRealtime(live, emitter as never);
  for (const event of [created('r1'), delta('x', 100), speechStarted]) emitter.emit('event', event);
  await tell('x', 60, 'interrupted');
  expect(emitter.sent).toEqual([
    { type: 'conversation.item.truncate', item_id: 'x', content_index: 0, audio_end_ms: 60 },
  ]);
  other.close();
  expect(emitter.listenerCount('event')).toBe(0);
});

it('says so where face and model do not speak the same format', async () => {
  const session = await new Vultus({ url: face.url }).sessions.create({ avatarId: 'a1' });
  const wide = await session.connectWebSocket({
    audio: { encoding: 's16le', sampleRateHz: 48000 },
    outputs: {},
  });
  expect(() => bridgeOpenAiRealtime(wide, model.socket)).toThrow(
    expect.objectContaining({ code: 'invalid_audio' }),
  );
  wide.close();
  const error = new Promise<VultusClientError>((resolve) => live.once('error', resolve));
  await model.say({
    type: 'session.updated',
    session: { audio: { output: { format: { type: 'audio/pcmu' } } } },
  });
  expect(await error).toMatchObject({ code: 'invalid_audio' });
});

it('passes voice of telephones as it is, and counts its time', async () => {
  bridge.close();
  const session = await new Vultus({ url: face.url }).sessions.create({ avatarId: 'a1' });
  const audio = { encoding: 'pcmu', sampleRateHz: 8000 } as const;
  const telephone = await session.connectWebSocket({ audio, outputs: {} });
  const errors: string[] = [];
  telephone.on('error', ({ code }) => errors.push(code));
  bridge = bridgeOpenAiRealtime(telephone, model.socket);
  const voice = Buffer.alloc(800, 0x7f);
  const telephoneSession = { audio: { output: { format: { type: 'audio/pcmu' } } } };
  await model.say({ type: 'session.created', session: telephoneSession }, created('r1'));
  await model.say({ ...delta('a', 0), delta: voice.toString('base64') }, speechStarted);
  await telephone.ping();
  expect(face.messages.find(({ type }) => type === 'audio')).toMatchObject({ data: voice, utterance: 'a' });
  const ended = { utterance: 1, id: 'a', playedMs: 5000, interrupted: true } as const;
  face.peer!.send({ type: 'speech.ended', ...ended, reason: 'interrupted' });
  await telephone.ping();
  expect(await truncations()).toEqual(['a 100']);
  expect(errors).toEqual([]);
  telephone.close();
});

it('ends what it was saying when the model goes away, or it is closed', async () => {
  await model.say(created('r1'), delta('a', 100));
  model.socket.terminate();
  await expect.poll(told).toEqual(['a 100 ms', 'speech.end a']);
  bridge.close();
  bridge.close();
});
