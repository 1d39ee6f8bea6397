/** A scripted server of the Realtime API, the bridge, and a whole Vultus server: what the model is told was heard. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bridgeOpenAiRealtime, type Interruption } from '../../src/client/bridges/openai-realtime.ts';
import type { LiveEvents } from '../../src/client/index.ts';
import {
  audioDone,
  created,
  delta,
  done,
  speechStarted,
  transcript,
} from '../client/support/realtime-events.ts';
import { ScriptedModel } from '../client/support/scripted-model.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let model: ScriptedModel;
beforeAll(async () => {
  [server, model] = await Promise.all([startTestServer(), ScriptedModel.start()]);
});
afterAll(async () => {
  await model?.stop();
  await server?.close();
});

/** What is under way when the face is interrupted: a packet and the fade at its end, on a busy machine more. */
const TOLERANCE_MS = 100;

it('truncates each item to what a listener heard of it, three times in a row', async () => {
  const session = await server.vultus.sessions.create({ avatarId: server.avatar.id, size: 256 });
  const live = await session.connectWebSocket({ outputs: {} });
  const listener = await session.connectWebSocket({
    role: 'view',
    outputs: { voice: { encoding: 's16le', sampleRateHz: 24000 } },
  });
  let heardSamples = 0;
  listener.on('voice', ({ data }) => {
    const samples = new Int16Array(data.slice().buffer);
    heardSamples += samples.filter((sample) => sample !== 0).length;
  });
  const ends: LiveEvents['speech.ended'][] = [];
  const words: string[] = [];
  live.on('speech.ended', (event) => ends.push(event));
  listener.on('speech.word', ({ text }) => words.push(text));
  bridgeOpenAiRealtime(live, model.socket);

  for (const [round, talkAfterMs] of [400, 900, 1300].entries()) {
    heardSamples = 0;
    words.length = 0;
    const [response, item, next] = [`r${round}`, `item_${round}`, `next_${round}`];
    const started = new Promise((resolve) => live.once('speech.started', resolve));
    await model.say(created(response));
    // Four seconds, faster than they are spoken, and the beginning of another item.
    for (let at = 0; at < 20; at++)
      await model.say({ ...transcript(item, `w${at} `), response_id: response }, delta(item, 200, response));
    await model.say(audioDone(item), delta(next, 500, response));
    await started;
    await sleep(talkAfterMs);
    const sentBefore = model.received.length;
    await model.say(speechStarted, delta(next, 500, response), done(response, 'cancelled'));
    await expect.poll(() => model.received.length - sentBefore, { timeout: 10_000 }).toBe(2);
    await sleep(300);
    const [first, second] = model.received.slice(sentBefore);
    const end = ends.find(({ id }) => id === item)!;
    const heardMs = heardSamples / 24;
    expect(first).toMatchObject({ type: 'conversation.item.truncate', item_id: item, content_index: 0 });
    expect(first.audio_end_ms).toBe(Math.floor(end.playedMs));
    expect(Math.abs((first.audio_end_ms as number) - heardMs)).toBeLessThanOrEqual(TOLERANCE_MS);
    expect(second).toMatchObject({ item_id: next, audio_end_ms: 0 });
    // A word began with each 200 ms of the voice, which is how long one of two letters takes.
    expect(end.lastWord).toEqual({ index: words.length - 1, text: words.at(-1) });
    expect(Math.abs(words.length - Math.ceil(end.playedMs / 200))).toBeLessThanOrEqual(1);
  }
  live.close();
  listener.close();
}, 120_000);

it('says what comes much faster than it is heard, and truncates it to what was heard', async () => {
  const session = await server.vultus.sessions.create({ avatarId: server.avatar.id, size: 256 });
  const live = await session.connectWebSocket({ outputs: {} });
  const [codes, ends]: [string[], LiveEvents['speech.ended'][]] = [[], []];
  live.on('error', ({ code }) => codes.push(code));
  live.on('speech.ended', (event) => ends.push(event));
  const interruptions: Interruption[] = [];
  const onInterrupted = (interruption: Interruption) => interruptions.push(interruption);
  const bridge = bridgeOpenAiRealtime(live, model.socket, { onInterrupted });
  const started = new Promise((resolve) => live.once('speech.started', resolve));
  await model.say(created('long'));
  // More than a session keeps.
  for (let at = 0; at < 15; at++) await model.say(delta('story', 10_000, 'long'));
  await model.say(audioDone('story'), done('long'));
  await started;
  await sleep(2000);
  await model.say(speechStarted);
  await expect.poll(() => interruptions, { timeout: 10_000 }).toHaveLength(1);
  expect(codes).toEqual([]);
  const { playedMs, reason } = ends.find(({ id }) => id === 'story')!;
  expect(reason).toBe('interrupted');
  expect(playedMs).toBeGreaterThan(1000);
  expect(interruptions).toEqual([{ item: 'story', heardMs: Math.floor(playedMs), lengthMs: 150_000 }]);
  await bridge.close();
  live.close();
}, 60_000);
