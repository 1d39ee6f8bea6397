import { expect, it } from 'vitest';
import { Transcript } from '../../../src/client/bridges/transcript.ts';

const starts = (words: { text: string; startMs: number }[]) =>
  words.map(({ text, startMs }) => `${text}@${startMs}`);

it('makes whole words of pieces, one behind the other, where the voice follows them', () => {
  const transcript = new Transcript();
  expect(starts(transcript.push('Hel', 0))).toEqual([]);
  expect(starts(transcript.push('lo, how', 0))).toEqual(['Hello,@0']);
  expect(starts(transcript.push(' are you', 200))).toEqual(['how@455', 'are@715']);
  expect(starts(transcript.flush(300))).toEqual(['you@975']);
  expect(starts(transcript.flush(300))).toEqual([]);
});

it('places them at the end of the voice where that came before', () => {
  const transcript = new Transcript();
  expect(starts(transcript.push('one two ', 1000))).toEqual(['one@480', 'two@740']);
  // After a pause.
  expect(starts(transcript.push('three ', 5000))).toEqual(['three@4610']);
});

it('spreads a transcript that comes before all of its voice at the pace of speech', () => {
  const transcript = new Transcript();
  const words = Array.from({ length: 100 }, () => transcript.push('word ', 0)).flat();
  expect(words.at(-1)!.endMs).toBe(100 * 5 * 65);
});

it('does not fall behind a quick speaker for good', () => {
  const transcript = new Transcript();
  let last = 0;
  for (let atMs = 0; atMs <= 20_000; atMs += 100) last = transcript.push('word ', atMs)[0].startMs;
  expect(last).toBeLessThanOrEqual(22_000);
});
