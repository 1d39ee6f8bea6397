import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cuesOf } from '../../src/media/caption-cues.ts';
import { cueBlock, parseCueBlock, webVtt } from '../../src/media/webvtt.ts';

const spoken = (text: string, msOfWord = 300) =>
  text
    .split(' ')
    .map((word, i) => ({ text: word, startMs: msOfWord * i, endMs: msOfWord * i + msOfWord - 50 }));

describe('WebVTT', () => {
  it('is a header and blocks with times of hours, without markup', () => {
    expect(
      webVtt([
        { text: 'Is 1 < 2 && 3 --> 4?', startMs: 0, endMs: 1234.6 },
        { text: 'one\n\ntwo', startMs: 3_725_010, endMs: 3_725_010 },
      ]),
    ).toBe(
      'WEBVTT\n\n' +
        '00:00:00.000 --> 00:00:01.235\nIs 1 &lt; 2 &amp;&amp; 3 --&gt; 4?\n\n' +
        '01:02:05.010 --> 01:02:05.011\none\ntwo\n\n',
    );
  });

  it('never has a blank line or an arrow in its text, whatever is said', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, startMs) => {
        const [times, ...lines] = cueBlock({ text, startMs, endMs: startMs + 1 })
          .slice(0, -2)
          .split('\n');
        expect(times).toMatch(/^\d\d+:\d\d:\d\d\.\d{3} --> \d\d+:\d\d:\d\d\.\d{3}$/);
        for (const line of lines.filter((_, i) => i > 0)) expect(line.trim()).not.toBe('');
        expect(lines.join('\n')).not.toMatch(/[<>\r]/);
      }),
    );
  });
});

describe('a cue block', () => {
  it('is read as what was written', () => {
    for (const cue of [
      { text: 'Is 1 < 2 && 3 --> 4?', startMs: 0, endMs: 1235 },
      { text: 'one\ntwo &lt;', startMs: 372_725_010, endMs: 372_725_011 },
    ])
      expect(parseCueBlock(cueBlock(cue))).toEqual(cue);
  });

  it.each(['', 'WEBVTT\n\n', '00:00:00.000 --> 1\ntext', '00:00:00.000 --> 00:00:01.000\n\n'])(
    'is none where it is %j',
    (text) => expect(parseCueBlock(text)).toBeUndefined(),
  );
});

describe('cues', () => {
  it('end with sentences and before pauses, in two lines at most', () => {
    const long = 'This one is so long that it does not go into one line, and then it goes on for some time.';
    const words = [...spoken('Hello there. How are'), { text: 'you', startMs: 5000, endMs: 5200 }];
    expect(cuesOf(words)).toEqual([
      { text: 'Hello there.', startMs: 0, endMs: 550 },
      { text: 'How are', startMs: 600, endMs: 1150 },
      { text: 'you', startMs: 5000, endMs: 5200 },
    ]);
    const cues = cuesOf(spoken(long, 200));
    expect(
      cues
        .map(({ text }) => text)
        .join(' ')
        .replaceAll('\n', ' '),
    ).toBe(long);
    expect(cues.length).toBeGreaterThan(1);
    for (const { text } of cues) {
      expect(text.split('\n').length).toBeLessThanOrEqual(2);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(50);
    }
    // Slow speech is cut by time.
    for (const { startMs, endMs } of cuesOf(spoken('one two three four five six seven', 1900)))
      expect(endMs - startMs).toBeLessThanOrEqual(7000);
  });
});
