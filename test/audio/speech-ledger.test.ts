import { expect, it } from 'vitest';
import { SpeechLedger } from '../../src/audio/speech-ledger.ts';

it('tells the start with the first sample and the end exactly once, after the last one', () => {
  const ledger = new SpeechLedger();
  ledger.add(1, 1000, 1500);
  ledger.add(1, 1500, 2000);
  expect(ledger.leaveUntil(1000)).toEqual([]);
  expect(ledger.leaveUntil(1001)).toEqual([{ type: 'speech.started', utterance: 1, position: 1000 }]);
  expect(ledger.leaveUntil(2000)).toEqual([]);
  ledger.complete(1, 'completed');
  expect(ledger.leaveUntil(2000)).toEqual([
    { type: 'speech.ended', utterance: 1, playedSamples: 1000, reason: 'completed' },
  ]);
  expect(ledger.leaveUntil(9000)).toEqual([]);
});

it('does not count the gaps of an underrun as played', () => {
  const ledger = new SpeechLedger();
  ledger.add(1, 0, 100);
  ledger.add(1, 300, 400);
  ledger.complete(1, 'completed');
  expect(ledger.leaveUntil(400).at(-1)).toMatchObject({ playedSamples: 200 });
});

it('ends everything at the interruption once, also what never began', () => {
  const ledger = new SpeechLedger();
  ledger.add(1, 0, 960);
  ledger.add(2, 960, 2000);
  ledger.leaveUntil(480);
  expect(ledger.interrupt([1, 2, 3], 480)).toEqual([
    { type: 'speech.ended', utterance: 1, playedSamples: 480, reason: 'interrupted' },
    { type: 'speech.ended', utterance: 2, playedSamples: 0, reason: 'interrupted' },
    { type: 'speech.ended', utterance: 3, playedSamples: 0, reason: 'interrupted' },
  ]);
  expect(ledger.leaveUntil(5000)).toEqual([]);
});

it('takes back what has not been played, and goes on with it later', () => {
  const ledger = new SpeechLedger();
  ledger.add(1, 0, 1000);
  ledger.complete(1, 'completed');
  ledger.add(2, 1000, 1200);
  ledger.leaveUntil(400);
  expect(ledger.takeBack(400)).toEqual([
    { utterance: 1, from: 400, to: 1000, end: 'completed' },
    { utterance: 2, from: 1000, to: 1200, end: undefined },
  ]);
  expect(ledger.leaveUntil(5000)).toEqual([]);
  ledger.add(1, 5000, 5600);
  ledger.complete(1, 'completed');
  ledger.add(2, 5600, 5800);
  ledger.complete(2, 'completed');
  expect(ledger.leaveUntil(9000)).toMatchObject([
    { type: 'speech.ended', utterance: 1, playedSamples: 1000 },
    { type: 'speech.started', utterance: 2, position: 5600 },
    { type: 'speech.ended', utterance: 2, playedSamples: 200 },
  ]);
});

it('holds no more of an utterance with a thousand gaps than of one without', () => {
  const ledger = new SpeechLedger();
  for (let i = 0; i < 1000; i++) {
    ledger.add(1, 100 * i, 100 * i + 10);
    ledger.leaveUntil(100 * i + 50);
  }
  expect(ledger.current(100_000)).toEqual({ utterance: 1, playedSamples: 10_000, until: 99_910 });
  expect(ledger.spanCount).toBeLessThan(3);
  ledger.complete(1, 'completed');
  expect(ledger.leaveUntil(100_000)).toEqual([
    { type: 'speech.ended', utterance: 1, playedSamples: 10_000, reason: 'completed' },
  ]);
});

it('tells of ends in order: one that is dropped before its turn waits for those before it', () => {
  const ledger = new SpeechLedger();
  ledger.add(1, 0, 1000);
  ledger.complete(3, 'completed');
  expect(ledger.interrupt([2], 500)).toEqual([{ type: 'speech.started', utterance: 1, position: 0 }]);
  ledger.complete(1, 'completed');
  expect(ledger.leaveUntil(1000)).toEqual([
    { type: 'speech.ended', utterance: 1, playedSamples: 1000, reason: 'completed' },
    { type: 'speech.ended', utterance: 2, playedSamples: 0, reason: 'interrupted' },
    { type: 'speech.ended', utterance: 3, playedSamples: 0, reason: 'completed' },
  ]);
});

it('tells once of each gap that the voice goes on', () => {
  const ledger = new SpeechLedger();
  ledger.add(1, 0, 100);
  ledger.leaveUntil(960);
  expect(ledger.stall(1, 960)).toBe(true);
  expect(ledger.stall(1, 1920)).toBe(false);
  ledger.add(1, 3000, 3100);
  expect(ledger.leaveUntil(2880)).toEqual([]);
  expect(ledger.leaveUntil(3840)).toEqual([{ type: 'speech.continued', utterance: 1, position: 3000 }]);
  expect(ledger.leaveUntil(4800)).toEqual([]);
  expect(ledger.stall(1, 4800)).toBe(true);
});
