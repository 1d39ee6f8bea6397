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
