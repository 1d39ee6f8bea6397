import { expect, it } from 'vitest';
import { VoiceJournal } from '../../../src/engine/pool/voice-journal.ts';

const piece = (from: number, count: number) => Float32Array.from({ length: count }, (_, i) => from + i);
const content = (journal: VoiceJournal) => journal.entries().map(({ samples }) => [...samples]);

it('keeps what was not played, whole utterances and parts', () => {
  const journal = new VoiceJournal();
  journal.add(1, piece(0, 4), false);
  journal.add(2, piece(4, 3), false);
  expect(journal.samples).toBe(7);
  journal.keepLast(5);
  expect(content(journal)).toEqual([
    [2, 3],
    [4, 5, 6],
  ]);
  journal.keepLast(1);
  expect(content(journal)).toEqual([[6]]);
  journal.keepLast(10);
  expect(journal.samples).toBe(1);
  journal.keepLast(0);
  expect(journal.entries()).toEqual([]);
});

it('keeps voice that comes for several utterances in the order in which it is played, and drops single ones', () => {
  const journal = new VoiceJournal();
  for (const [utterance, from] of [
    [1, 0],
    [2, 10],
    [1, 1000],
    [3, 20],
    [2, 1010],
  ])
    journal.add(utterance, piece(from, 2), false);
  expect(journal.entries().map(({ utterance, samples }) => [utterance, ...samples])).toEqual([
    [1, 0, 1, 1000, 1001],
    [2, 10, 11, 1010, 1011],
    [3, 20, 21],
  ]);
  journal.keepLast(7);
  journal.drop(new Set([2]));
  expect(content(journal)).toEqual([[1001], [20, 21]]);
  expect(journal.samples).toBe(3);
});

it('joins voice in crumbs, and takes only so many pieces', () => {
  const journal = new VoiceJournal();
  for (let i = 0; i < 10_000; i++) journal.add(1, piece(i, 1), false);
  expect(journal.entries().length).toBeLessThan(20);
  expect(content(journal).flat()).toEqual([...piece(0, 10_000)]);
  journal.keepLast(1500);
  expect(content(journal).flat()).toEqual([...piece(8500, 1500)]);
  journal.drop(new Set([1]));
  for (let i = 0; i < 10_000 && !journal.full; i++) journal.add(i, piece(i, 1), false);
  expect(journal.full).toBe(true);
  expect(journal.entries().length).toBeLessThan(9000);
  journal.keepLast(10);
  expect(journal.full).toBe(false);
});

it('does not join what a microphone hears with what a bot says', () => {
  const journal = new VoiceJournal();
  journal.add(1, piece(0, 2), false);
  journal.add(1, piece(2, 2), true);
  expect(journal.entries()).toMatchObject([
    { samples: piece(0, 2), live: false },
    { samples: piece(2, 2), live: true },
  ]);
});
