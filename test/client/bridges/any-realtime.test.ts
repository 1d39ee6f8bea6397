/** What is true of the bridge to Realtime, whatever the two servers tell it. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bridgeOpenAiRealtime } from '../../../src/client/bridges/openai-realtime.ts';
import { type LiveConnection, Vultus } from '../../../src/client/index.ts';
import { audioDone, created, delta, done, speechStarted } from '../support/realtime-events.ts';
import { ScriptedModel } from '../support/scripted-model.ts';
import { TestServer } from '../support/test-server.ts';

let face: TestServer;
let model: ScriptedModel;
let live: LiveConnection;

beforeEach(async () => {
  face = await TestServer.start((app) => {
    app.post('/v1/sessions', (_request, reply) => reply.code(201).send({ id: 's1', avatarId: 'a1' }));
  });
  model = await ScriptedModel.start();
  const session = await new Vultus({ url: face.url }).sessions.create({ avatarId: 'a1' });
  live = await session.connectWebSocket({ outputs: {} });
  bridgeOpenAiRealtime(live, model.socket);
});
afterEach(async () => {
  live.close();
  await Promise.all([face.stop(), model.stop()]);
});

it('whatever comes in whatever order: one truncation for each item that was cut, never beyond it', async () => {
  const items = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('delta' as const),
        item: items,
        ms: fc.integer({ min: 1, max: 200 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('done' as const), item: items }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('speech' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('ended' as const),
        item: items,
        playedMs: fc.double({ min: 0, max: 500, noNaN: true }),
        reason: fc.constantFrom('completed' as const, 'interrupted' as const, 'underrun' as const),
      }),
    },
  );
  let round = 0;
  const tell = (id: string, playedMs: number, reason: 'completed' | 'interrupted' | 'underrun') =>
    face.peer!.send({
      ...{ type: 'speech.ended', utterance: 1, id, playedMs, interrupted: reason === 'interrupted', reason },
    });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      round++;
      const named = (item: string) => `${item}_${round}`;
      const [sent, given] = [model.received.length, new Map<string, number>()];
      const response = `r${round}`;
      await model.say(created(response));
      for (const one of steps) {
        if (one.do === 'delta') await model.say(delta(named(one.item), one.ms, response));
        else if (one.do === 'done') await model.say(audioDone(named(one.item)));
        else if (one.do === 'speech') await model.say(speechStarted);
        else tell(named(one.item), one.playedMs, one.reason);
      }
      await model.say(done(response));
      await live.ping();
      for (const message of face.messages)
        if (message.type === 'audio') {
          const name = message.utterance!.replace(/#\d+$/, '');
          given.set(name, (given.get(name) ?? 0) + message.data.length / 48);
        }
      const truncated = model.received
        .slice(sent)
        .filter(({ type }) => type === 'conversation.item.truncate');
      expect(new Set(truncated.map(({ item_id }) => item_id)).size).toBe(truncated.length);
      for (const { item_id, audio_end_ms } of truncated) {
        expect(Number.isInteger(audio_end_ms)).toBe(true);
        expect(audio_end_ms).toBeGreaterThanOrEqual(0);
        expect(audio_end_ms).toBeLessThanOrEqual(Math.floor(given.get(item_id as string) ?? 0));
      }
      face.messages.length = 0;
    }),
    { numRuns: 40 },
  );
}, 60_000);
