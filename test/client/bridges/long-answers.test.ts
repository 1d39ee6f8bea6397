/** Models speak faster than is heard: what a face has no room for waits, and nothing of it is lost. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  bridgeOpenAiRealtime,
  type Interruption,
  type OpenAiRealtimeBridge,
  type RealtimeCommand,
} from '../../../src/client/bridges/openai-realtime.ts';
import { PacedFace } from '../support/paced-face.ts';
import { audioDone, created, done, place, speechStarted, transcript } from '../support/realtime-events.ts';

const BYTES_PER_MS = 8;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** What a bridge is ahead, and what a second of the clock may hide. */
const MOST_AHEAD_MS = MINUTE + SECOND;

let face: PacedFace;
let bridge: OpenAiRealtimeBridge;
let sent: string[];
let interruptions: Interruption[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  face = new PacedFace();
  sent = [];
  interruptions = [];
  const send = (command: RealtimeCommand) =>
    void sent.push('item_id' in command ? `${command.item_id} ${command.audio_end_ms}` : command.type);
  const source = { send, on: () => {}, off: () => {} };
  bridge = bridgeOpenAiRealtime(face.connection, source, {
    onInterrupted: (interruption) => interruptions.push(interruption),
  });
});
afterEach(() => {
  face.close();
  vi.useRealTimers();
});

/** Each second of it is another sound. */
function voiceOf(fromMs: number, toMs: number): Buffer {
  const voice = Buffer.alloc((toMs - fromMs) * BYTES_PER_MS);
  for (let at = 0; at < voice.length; at++)
    voice[at] = Math.floor((fromMs + at / BYTES_PER_MS) / SECOND) % 251;
  return voice;
}

function give(item: string, fromMs: number, toMs: number, response = 'r1'): void {
  const data = voiceOf(fromMs, toMs).toString('base64');
  bridge.receive({ type: 'response.output_audio.delta', ...place(item, response), delta: data });
}

/** What the face has been given. */
const given = (...ids: string[]) => Buffer.concat(ids.flatMap((id) => face.of(id)!.pieces));
const outcomes = () => face.said.map(({ id, end, playedMs }) => `${id} ${end} ${playedMs / SECOND} s`);

/** In pieces of so long, within a second or two, with a word for each. */
async function tell(item: string, durationMs: number, pieceMs: number): Promise<void> {
  const pieces = durationMs / pieceMs;
  for (let at = 0; at < pieces; at++) {
    bridge.receive(transcript(item, `w${at} `));
    give(item, at * pieceMs, (at + 1) * pieceMs);
    if (at % 10 === 0) await face.advance(100);
  }
  bridge.receive({ type: 'response.output_audio_transcript.done', ...place(item) });
  bridge.receive(audioDone(item));
}

it('says five minutes that come within a second to their end, with their words', async () => {
  bridge.receive(created('r1'));
  await tell('a', 5 * MINUTE, 3 * SECOND);
  bridge.receive(done('r1'));
  await face.advance(5 * MINUTE);
  expect(face.codes).toEqual([]);
  expect(face.mostWaitingMs).toBeLessThanOrEqual(MOST_AHEAD_MS);
  expect(outcomes()).toEqual(['a completed 300 s']);
  expect(given('a').equals(voiceOf(0, 5 * MINUTE))).toBe(true);
  expect(face.of('a')!.words.map(({ text }) => text)).toEqual(
    Array.from({ length: 100 }, (_, at) => `w${at}`),
  );
  expect(sent).toEqual([]);
});

it('gives words with their voice, not before', async () => {
  bridge.receive(created('r1'));
  await tell('a', 5 * MINUTE, 3 * SECOND);
  for (let passed = 0; passed < 4; passed++) {
    const { words, lengthMs } = face.of('a')!;
    expect(words.at(-1)!.startMs).toBeLessThan(lengthMs);
    expect(words.at(-1)!.startMs).toBeGreaterThan(lengthMs - 10 * SECOND);
    await face.advance(MINUTE);
  }
});

it('cuts what comes in one piece', async () => {
  give('a', 0, 5 * MINUTE);
  bridge.receive(audioDone('a'));
  expect(face.waitingMs).toBe(MINUTE);
  await face.advance(5 * MINUTE + SECOND);
  expect(given('a').equals(voiceOf(0, 5 * MINUTE))).toBe(true);
  expect(outcomes()).toEqual(['a completed 300 s']);
  expect(face.mostWaitingMs).toBeLessThanOrEqual(MOST_AHEAD_MS);
});

it('drops what waits where the user talks, and tells what was heard of all that has come', async () => {
  bridge.receive(created('r1'));
  await tell('a', 5 * MINUTE, 3 * SECOND);
  await tell('b', 6 * SECOND, 3 * SECOND);
  await face.advance(100 * SECOND);
  bridge.receive(speechStarted);
  give('b', 6 * SECOND, 9 * SECOND);
  bridge.receive(done('r1'));
  const { playedMs, lengthMs } = face.of('a')!;
  expect(playedMs).toBeGreaterThan(100 * SECOND);
  expect(interruptions).toEqual([
    { item: 'a', heardMs: playedMs, lengthMs: 5 * MINUTE },
    { item: 'b', heardMs: 0, lengthMs: 6 * SECOND },
  ]);
  expect(sent).toEqual([`a ${playedMs}`, 'b 0']);
  expect(face.interruptions).toBe(1);
  // The next answer is said at once, and no more of this one.
  bridge.receive(created('r2'));
  give('c', 0, 90 * SECOND, 'r2');
  bridge.receive(audioDone('c'));
  await face.advance(91 * SECOND);
  expect(face.of('a')!.lengthMs).toBe(lengthMs);
  expect(outcomes()).toEqual([`a interrupted ${playedMs / SECOND} s`, 'c completed 90 s']);
});

it('drops what waits where somebody else interrupts the face', async () => {
  bridge.receive(created('r1'));
  give('a', 0, 2 * MINUTE);
  bridge.receive(audioDone('a'));
  give('b', 0, MINUTE);
  await face.advance(20 * SECOND);
  face.interrupt();
  await face.advance(2 * MINUTE);
  expect(outcomes()).toEqual(['a interrupted 20 s']);
  expect(face.of('a')!.lengthMs).toBeLessThanOrEqual(80 * SECOND);
  expect(sent).toEqual([`a ${face.of('a')!.playedMs}`, 'response.cancel', 'b 0']);
});

it('says two items that wait one after the other', async () => {
  for (const item of ['a', 'b']) {
    give(item, 0, 90 * SECOND);
    bridge.receive(audioDone(item));
  }
  await face.advance(80 * SECOND);
  expect(face.of('a')!.complete).toBe(true);
  await face.advance(110 * SECOND);
  expect(outcomes()).toEqual(['a completed 90 s', 'b completed 90 s']);
  expect(face.mostWaitingMs).toBeLessThanOrEqual(MOST_AHEAD_MS);
  expect(face.codes).toEqual([]);
});

it('is closed when the face has all of it, and tells nothing any more', async () => {
  give('a', 0, 3 * MINUTE);
  let closed = false;
  const closing = Promise.resolve(bridge.close()).then(() => {
    closed = true;
  });
  await face.advance(100 * SECOND);
  expect(closed).toBe(false);
  await face.advance(30 * SECOND);
  await closing;
  expect(face.of('a')!.complete).toBe(true);
  face.interrupt();
  expect(face.of('a')!.lengthMs).toBe(3 * MINUTE);
  expect(sent).toEqual([]);
  await bridge.close();
});

it('is closed when the face has gone away', async () => {
  give('a', 0, 3 * MINUTE);
  const closing = bridge.close();
  face.close();
  await closing;
  expect(vi.getTimerCount()).toBe(0);
});

it('goes on with what waits where the connection was made again', async () => {
  bridge.receive(created('r1'));
  give('a', 0, 2 * MINUTE);
  await face.advance(20 * SECOND);
  face.break();
  give('a', 2 * MINUTE, 4 * MINUTE);
  bridge.receive(audioDone('a'));
  await face.advance(5 * SECOND);
  expect(face.said).toHaveLength(1);
  face.return();
  await face.advance(3 * MINUTE);
  expect(given('a', 'a#2').equals(voiceOf(0, 4 * MINUTE))).toBe(true);
  expect(face.mostWaitingMs).toBeLessThanOrEqual(MOST_AHEAD_MS);
  bridge.receive(speechStarted);
  const heardMs = face.said[0].lengthMs + face.said[1].playedMs;
  expect(sent).toEqual([`a ${heardMs}`]);
});

it('goes on where the end of what was said before was lost with the connection', async () => {
  give('a', 0, 50 * SECOND);
  bridge.receive(audioDone('a'));
  give('b', 0, 3 * MINUTE);
  bridge.receive(audioDone('b'));
  await face.advance(SECOND);
  face.break();
  await face.advance(55 * SECOND);
  face.return();
  await face.advance(180 * SECOND);
  expect(given('b', 'b#2').equals(voiceOf(0, 3 * MINUTE))).toBe(true);
  expect(face.codes).toEqual([]);
  expect(outcomes().at(-1)).toMatch(/^b#2 completed/);
});

it('waits as long as the face is paused, or the model has nothing', async () => {
  give('a', 0, 10 * SECOND);
  await face.advance(2 * MINUTE);
  give('a', 10 * SECOND, 4 * MINUTE);
  await face.advance(10 * SECOND);
  face.pause(true);
  await face.advance(5 * MINUTE);
  expect(face.mostWaitingMs).toBeLessThanOrEqual(MOST_AHEAD_MS);
  face.pause(false);
  await face.advance(4 * MINUTE);
  expect(face.mostWaitingMs).toBeLessThanOrEqual(MOST_AHEAD_MS);
  expect(given('a').equals(voiceOf(0, 4 * MINUTE))).toBe(true);
});

it('keeps a quarter of an hour of an endless item, says so, and says that much', async () => {
  bridge.receive(created('r1'));
  for (let at = 0; at < 30; at++) give('a', at * MINUTE, (at + 1) * MINUTE);
  bridge.receive(audioDone('a'));
  expect(face.codes).toEqual(['audio_buffer_full']);
  await face.advance(16 * MINUTE + SECOND);
  expect(outcomes()).toEqual(['a completed 960 s']);
  // There is room for the next one.
  give('b', 0, MINUTE);
  expect(face.of('b')!.lengthMs).toBe(MINUTE);
  await face.advance(SECOND);
  bridge.receive(speechStarted);
  // The model has thought that all of it was heard.
  expect(sent).toEqual([`b ${face.of('b')!.playedMs}`, `a ${16 * MINUTE}`]);
});

it('leaves it visible that others have filled the face, and goes on', async () => {
  face.othersMs = 100 * SECOND;
  give('a', 0, 2 * MINUTE);
  bridge.receive(audioDone('a'));
  expect(face.codes).toEqual(['audio_buffer_full']);
  give('b', 0, 10 * SECOND);
  await face.advance(4 * MINUTE);
  expect(face.of('b')!.playedMs).toBe(10 * SECOND);
});
