import { expect, it } from 'vitest';
import type { EngineEvent } from '../../../src/contract/session-events.ts';
import { VoiceTrack } from '../../../src/engine/process/voice-track.ts';
import { randomNumbers } from '../../../src/random.ts';

const HOLD_MS = 195;
const SCHEDULES = 100;

/** Voice that can be told apart from silence in every sample. */
const voice = (ms: number) => new Float32Array(Math.round(ms * 48)).fill(0.25);

/**
 * A random life of a voice: bursts, fragments, ends, interruptions, pauses, on a clock that stumbles. What comes
 * out is compared with what any order of these may lead to.
 */
function live(seed: number) {
  const random = randomNumbers(seed);
  const events: EngineEvent[] = [];
  const track = new VoiceTrack({
    holdMs: HOLD_MS,
    emit: (event) => events.push(event),
    clockMs: 0,
    nowMs: 0,
    resume: undefined,
  });
  let nowMs = 0;
  let epoch = 0;
  let pushed = 0;
  let interruptions = 0;
  const step = () => {
    track.takeUntil(nowMs, nowMs);
    track.leaveUntil(nowMs, { epoch, opus: false, pcm: false });
  };
  const run = (ms: number) => {
    for (const untilMs = nowMs + ms; nowMs < untilMs; ) {
      nowMs += random() < 0.02 ? 60 : 2 + 6 * random();
      step();
    }
  };
  for (let act = 0; act < 40; act++) {
    const kind = random();
    if (kind < 0.45) {
      const samples = voice(1 + 900 * random() ** 2);
      pushed += samples.length;
      track.push(samples, nowMs, false);
    } else if (kind < 0.6) track.endSpeech();
    else if (kind < 0.7) {
      track.interrupt();
      epoch++;
      interruptions++;
    } else if (kind < 0.8) track.pause();
    else if (kind < 0.9) track.resume();
    run(random() < 0.3 ? 0 : 700 * random() ** 2);
  }
  track.resume();
  track.endSpeech();
  run(40 * 900 + 2000);
  return { events, pushed, interruptions, nowMs, track };
}

it.each(Array.from({ length: SCHEDULES }, (_, seed) => seed))(
  'random schedule %i: every utterance ends once, in order, with what was played',
  (seed) => {
    const { events, pushed, interruptions, track } = live(seed);
    const speech: { utterance: number; playedMs?: number; interrupted?: boolean }[] = [];
    for (const { name, value } of events) {
      if (name === 'speech.started') speech.push({ utterance: value.utterance });
      else if (name === 'speech.ended') speech.push(value);
    }
    // Started, ended, started, ended, …; one that was dropped before its start only ends.
    let started = 0;
    let ended = 0;
    for (const { utterance, playedMs } of speech) {
      expect(utterance).toBe(ended + 1);
      if (playedMs === undefined) {
        expect(started).toBeLessThan(utterance);
        started = utterance;
      } else {
        if (started < utterance) expect(playedMs).toBe(0);
        ended = utterance;
      }
    }
    expect(started).toBeLessThanOrEqual(ended);
    const playedMs = speech.reduce((sum, event) => sum + (event.playedMs ?? 0), 0);
    expect(playedMs).toBeLessThanOrEqual(pushed / 48 + 0.001);
    // Without an interruption nothing is lost, however often it was paused.
    if (interruptions === 0) expect(playedMs).toBeCloseTo(pushed / 48, 3);
    // Pauses and their ends take turns.
    const turns = events.flatMap(({ name }) =>
      name === 'speech.paused' || name === 'speech.resumed' ? [name] : [],
    );
    turns.forEach((name, i) => {
      expect(name).toBe(i % 2 === 0 ? 'speech.paused' : 'speech.resumed');
    });
    expect(track.queuedMs).toBe(0);
    track.close();
  },
);
