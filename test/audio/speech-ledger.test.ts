import { expect, it } from 'vitest';
import { SpeechLedger } from '../../src/audio/speech-ledger.ts';

it('tells the start with the first sample and the end exactly once, after the last one', () => {
  const ledger = new SpeechLedger();
  ledger.add(1, 1000, 1500);
  ledger.add(1, 1500, 2000);
  expect(ledger.leaveUntil(1000)).toEqual([]);
  expect(ledger.leaveUntil(1001)).toEqual([{ type: 'speech.started', utterance: 1, position: 1000 }]);
  expect(ledger.leaveUntil(2000)).toEqual([]);
  ledger.complete(1);
  expect(ledger.leaveUntil(2000)).toEqual([
    { type: 'speech.ended', utterance: 1, playedSamples: 1000, interrupted: false },
  ]);
  expect(ledger.leaveUntil(9000)).toEqual([]);
});

it('does not count the gaps of an underrun as played', () => {
  const ledger = new SpeechLedger();
  ledger.add(1, 0, 100);
  ledger.add(1, 300, 400);
  ledger.complete(1);
  expect(ledger.leaveUntil(400).at(-1)).toMatchObject({ playedSamples: 200 });
});

it('ends what was under way at the interruption, and says nothing of what never began', () => {
  const ledger = new SpeechLedger();
  ledger.add(1, 0, 960);
  ledger.add(2, 960, 2000);
  ledger.leaveUntil(480);
  expect(ledger.interrupt(480)).toEqual([
    { type: 'speech.ended', utterance: 1, playedSamples: 480, interrupted: true },
  ]);
  expect(ledger.leaveUntil(5000)).toEqual([]);
});
