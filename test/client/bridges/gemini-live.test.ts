/** Message streams after the types of the npm package `@google/genai` 3.3 (`LiveServerMessage`). */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bridgeGeminiLive, type GeminiLiveBridge } from '../../../src/client/bridges/gemini-live.ts';
import { type LiveConnection, Vultus } from '../../../src/client/index.ts';
import { base64Voice, ScriptedModel } from '../support/scripted-model.ts';
import { TestServer } from '../support/test-server.ts';

let face: TestServer;
let model: ScriptedModel;
let live: LiveConnection;
let bridge: GeminiLiveBridge;
let notices: unknown[];

beforeEach(async () => {
  face = await TestServer.start((app) => {
    app.get('/v1/sessions/s1', () => ({ id: 's1', avatarId: 'a1' }));
    app.post('/v1/sessions', (_request, reply) => reply.code(201).send({ id: 's1', avatarId: 'a1' }));
  });
  model = await ScriptedModel.start({ binary: true });
  const session = await new Vultus({ url: face.url }).sessions.create({ avatarId: 'a1' });
  live = await session.connectWebSocket({ outputs: {} });
  notices = [];
  bridge = bridgeGeminiLive(live, model.socket, {
    onInterrupted: (interruption) => notices.push(interruption),
    onGoAway: (timeLeft) => notices.push(timeLeft),
  });
});
afterEach(async () => {
  bridge.close();
  live.close();
  await Promise.all([face.stop(), model.stop()]);
});

const content = (serverContent: object) => ({ serverContent });
const voice = (ms: number) => ({
  modelTurn: {
    role: 'model',
    parts: [
      { text: 'thought', thought: true },
      { inlineData: { mimeType: 'audio/pcm;rate=24000', data: base64Voice(ms) } },
    ],
  },
});

/** The face, by turns of this test: what it has been told, but for hello. */
async function told(): Promise<string[]> {
  await live.ping();
  const names: string[] = [];
  const turnOf = (name: string | undefined) => {
    if (!names.includes(name!)) names.push(name!);
    return names.indexOf(name!) + 1;
  };
  return face.messages
    .filter(({ type }) => type !== 'hello' && type !== 'ping')
    .map((message) => {
      if (message.type === 'audio') return `${turnOf(message.utterance)} ${message.data.length / 48} ms`;
      if (message.type === 'words')
        return `${turnOf(message.utterance)} says ${message.words.map(({ text }) => text).join(' ')}`;
      return message.type === 'speech.end' ? `end ${turnOf(message.utterance)}` : message.type;
    });
}

it('says each turn as an utterance of its own, with its words, and leaves tool calls alone', async () => {
  await model.say(
    { setupComplete: {} },
    content({ ...voice(100), outputTranscription: { text: 'Hello ' } }),
    { toolCall: { functionCalls: [{ id: '1', name: 'f', args: {} }] } },
    content({ outputTranscription: { text: 'there' } }),
    content(voice(200)),
    content({ generationComplete: true }),
    content({ turnComplete: true }),
    content(voice(50)),
    content({ generationComplete: true, turnComplete: true }),
  );
  await expect
    .poll(told)
    .toEqual(['1 100 ms', '1 says Hello', '1 200 ms', 'end 1', '1 says there', '2 50 ms', 'end 2']);
  expect(model.received).toEqual([]);
});

it('falls silent when the model is interrupted, says what was heard, and begins anew', async () => {
  await model.say(content(voice(400)));
  await model.say(content({ interrupted: true }), content({ outputTranscription: { text: 'late ' } }));
  await model.say(content({ turnComplete: true }), content({ ...voice(60), turnComplete: true }));
  await expect.poll(told).toEqual(['1 400 ms', 'interrupt', '2 60 ms', 'end 2']);
  const item = face.messages.flatMap((message) => (message.type === 'audio' ? [message.utterance!] : []))[0];
  face.peer!.send({
    ...{ type: 'speech.ended', utterance: 1, id: item, playedMs: 150.2, interrupted: true },
    ...{ reason: 'interrupted', lastWord: { index: 0, text: 'Hello' } },
  });
  await expect.poll(() => notices).toEqual([{ item, heardMs: 150, lengthMs: 400, lastWord: 'Hello' }]);
});

it('tells that the server is about to go, and completes what is said when it has gone', async () => {
  await model.say(content(voice(100)), { goAway: { timeLeft: '9.5s' } });
  await expect.poll(() => notices).toEqual(['9.5s']);
  model.socket.terminate();
  await expect.poll(told).toEqual(['1 100 ms', 'end 1']);
});

it('takes the messages of @google/genai, which come to a callback', async () => {
  bridge.close();
  const { receive } = bridgeGeminiLive(live);
  receive(content(voice(20)));
  receive(content({ turnComplete: true }));
  expect(await told()).toEqual(['1 20 ms', 'end 1']);
});
