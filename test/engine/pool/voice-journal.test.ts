import { expect, it } from 'vitest';
import { VoiceJournal } from '../../../src/engine/pool/voice-journal.ts';

const piece = (from: number, count: number) => Float32Array.from({ length: count }, (_, i) => from + i);
const content = (journal: VoiceJournal) =>
  journal.entries().map((entry) => (entry === 'end' ? entry : [...entry.samples]));

it('keeps what was not played, whole utterances and parts, with their ends', () => {
  const journal = new VoiceJournal();
  journal.add(piece(0, 4), false);
  journal.end();
  journal.end();
  journal.add(piece(4, 3), false);
  journal.end();
  expect(journal.samples).toBe(7);
  journal.keepLast(5);
  expect(content(journal)).toEqual([[2, 3], 'end', [4, 5, 6], 'end']);
  journal.keepLast(3);
  // All of the first is played, but whether its end was told is not known.
  expect(content(journal)).toEqual(['end', [4, 5, 6], 'end']);
  journal.keepLast(1);
  expect(content(journal)).toEqual([[6], 'end']);
  journal.keepLast(10);
  expect(journal.samples).toBe(1);
  journal.keepLast(0);
  expect(content(journal)).toEqual(['end']);
  journal.clear();
  expect(journal.entries()).toEqual([]);
});

it('joins voice in crumbs, and takes only so many pieces', () => {
  const journal = new VoiceJournal();
  for (let i = 0; i < 10_000; i++) journal.add(piece(i, 1), false);
  expect(journal.entries().length).toBeLessThan(20);
  expect(content(journal).flat()).toEqual([...piece(0, 10_000)]);
  journal.keepLast(1500);
  expect(content(journal).flat()).toEqual([...piece(8500, 1500)]);
  journal.clear();
  for (let i = 0; i < 10_000 && !journal.full; i++) {
    journal.add(piece(i, 1), false);
    journal.end();
  }
  expect(journal.full).toBe(true);
  expect(journal.entries().length).toBeLessThan(9000);
  journal.keepLast(10);
  expect(journal.full).toBe(false);
});

it('does not join what a microphone hears with what a bot says', () => {
  const journal = new VoiceJournal();
  journal.add(piece(0, 2), false);
  journal.add(piece(2, 2), true);
  expect(journal.entries()).toEqual([
    { samples: piece(0, 2), live: false },
    { samples: piece(2, 2), live: true },
  ]);
});
