import { describe, expect, it } from 'vitest';
import { sampleVoice } from '../../bench/fixtures.ts';
import { Analyser } from '../../bench/peers/analyser.ts';
import { headAudio } from '../../bench/peers/head-audio.ts';
import { animateMouth, chooseShapes } from '../../bench/peers/mouth-shapes.ts';
import { visemeFrame, watchPage } from '../../bench/peers/oculus-visemes.ts';
import { parseSegments } from '../../bench/peers/phone-recogniser.ts';
import { wawaLipsync } from '../../bench/peers/wawa-lipsync.ts';
import { encode, parseFestivalSegments } from '../../bench/speech-synthesis.ts';
import { mean } from '../../bench/statistics.ts';
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

describe('programs for web pages, without one', () => {
  const jaw = (frames: Float32Array[]) => frames.map((frame) => frame[CHANNEL.jawOpen]);

  it.each([headAudio, wawaLipsync])('$name moves the mouth in speech, and not in silence', async (talker) => {
    const voice = (await sampleVoice()).subarray(0, 48000);
    const spoken = await talker.speak(voice);
    expect(spoken.length).toBe(25);
    expect(mean(jaw(spoken))).toBeGreaterThan(0.02);
    expect(new Set(jaw(spoken)).size).toBeGreaterThan(2);
    expect(Math.max(...jaw(await talker.speak(new Float32Array(48000))))).toBe(0);
    // Nothing is left of the voice before.
    expect(jaw(await talker.speak(voice))).toEqual(jaw(spoken));
  });

  it('takes the level of a tone as the Web Audio API has it', () => {
    const analyser = new Analyser();
    const bin = 100;
    analyser.voice = Float32Array.from(
      { length: 48000 },
      (_, i) => 0.1 * Math.sin((2 * Math.PI * bin * i) / 2048),
    );
    analyser.position = 4096;
    const bytes = new Uint8Array(analyser.frequencyBinCount);
    const level = () => {
      analyser.getByteFrequencyData(bytes);
      return bytes[bin];
    };
    // A tone is half a line of its spectrum, times the window's mean of 0.42, and a fifth of it at first.
    const byte = (amplitude: number) => Math.floor((255 * (20 * Math.log10(amplitude) + 100)) / 70);
    expect(level()).toBe(byte(0.1 * 0.2 * 0.21));
    expect(level()).toBe(byte(0.1 * 0.36 * 0.21));
    expect(bytes[bin + 50]).toBe(0);
  });

  it('shows in a frame what a page of 60 pictures a second shows in its middle', () => {
    // A frame's middle is at sample 960, 2880 …; pictures are at 800, 1600, 2400, 3200 …
    const seen = watchPage(new Float32Array(4000), (until) =>
      visemeFrame(new Map([['viseme_aa', until / 4000]])),
    );
    expect(jaw(seen).map((value) => Math.round((value / 0.48) * 4000))).toEqual([800, 2400]);
  });

  it('adds visemes by their weights, and knows all of them', () => {
    const frame = visemeFrame(new Map(Object.entries({ viseme_aa: 0.5, viseme_I: 0.25 })));
    expect(frame[CHANNEL.jawOpen]).toBeCloseTo(0.5 * 0.48 + 0.25 * 0.16);
    expect(() => visemeFrame(new Map([['viseme_xx', 1]]))).toThrow('viseme_xx');
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
