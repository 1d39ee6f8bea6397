import { describe, expect, it } from 'vitest';
import { animateMouth, chooseShapes } from '../../bench/mouth-shapes.ts';
import { parseSegments } from '../../bench/phone-recogniser.ts';
import { encode, parseFestivalSegments } from '../../bench/speech-synthesis.ts';
import { CHANNEL } from '../../src/contract/motion-frame.ts';

describe('mouth shapes', () => {
  it('closes the lips before the burst of p and opens them for the vowel', () => {
    const frames = animateMouth(
      [
        ['SIL', 0, 0.4],
        ['P', 0.4, 0.48],
        ['AA', 0.48, 0.8],
      ],
      20,
    );
    const press = (frame: number) => frames[frame][CHANNEL.mouthPressLeft];
    expect([press(5), press(8), press(9), press(15)]).toEqual([
      0,
      expect.closeTo(0.35),
      expect.closeTo(0.35),
      0,
    ]);
    expect(frames[15][CHANNEL.jawOpen]).toBeGreaterThan(0.4);
  });

  it('takes the shape of a vowel on in the consonants before it, as far as they may', () => {
    const segment = (options: string, index: number) => ({
      from: index * 0.08,
      to: (index + 1) * 0.08,
      options,
    });
    const shapes = chooseShapes(['A', 'BF', 'BCF', 'F'].map(segment));
    expect(shapes).toEqual(['A', 'F', 'F', 'F']);
    expect(chooseShapes(['A', 'BF', 'D'].map(segment))).toEqual(['A', 'B', 'D']);
  });
});

describe('what programs write', () => {
  it('reads the phones of pocketsphinx, noises as silence', () => {
    const line = 'x S 0 T -43270 A -23312 L -19958 0 -184 0 SIL 28 -136 -126 AA 40 -158 -146 +NSN+ 44\n';
    expect(parseSegments(line)).toEqual([
      ['SIL', 0, 0.28],
      ['AA', 0.28, 0.4],
      ['SIL', 0.4, 0.44],
    ]);
  });

  it('reads the segments of festival', () => {
    expect(parseFestivalSegments('separator ;\n#\n0.22 100 # \n0.3 100 b\n')).toEqual([
      ['#', 0, 0.22],
      ['b', 0.22, 0.3],
    ]);
  });

  it('encodes text for voices of one byte a letter', () => {
    expect([...encode('aě', 'iso-8859-2')]).toEqual([0x61, 0xec]);
    expect([...encode('ě', 'utf-8')]).toEqual([0xc4, 0x9b]);
  });
});
