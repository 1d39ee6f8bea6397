import { describe, expect, it } from 'vitest';
import { Resampler } from '../../src/audio/resampler.ts';
import { rms, tone } from '../support/signals.ts';

function resample(samples: Float32Array, fromHz: number, toHz: number, pieces: number[]): Float32Array {
  const resampler = new Resampler(fromHz, toHz);
  const output: number[] = [];
  for (let at = 0, piece = 0; at < samples.length; piece++) {
    const size = pieces[piece % pieces.length];
    output.push(...resampler.process(samples.subarray(at, at + size)));
    at += size;
  }
  output.push(...resampler.flush());
  return Float32Array.from(output);
}

const sine = (hz: number) => (t: number) => 0.5 * Math.sin(2 * Math.PI * hz * t);

describe('Resampler', () => {
  it.each([
    [48000, 16000],
    [16000, 48000],
    [44100, 48000],
    [8000, 48000],
    [11025, 48000],
    [24000, 16000],
    [47999, 48000],
    [12345, 16000],
  ])('%i → %i Hz keeps a 1 kHz sine in place and in size', (fromHz, toHz) => {
    const output = resample(tone(fromHz, 0.5, sine(1000)), fromHz, toHz, [(fromHz / 50) | 0]);
    const expected = tone(toHz, 0.5, sine(1000));
    // Half a second is not a whole number of samples at every rate.
    expect(Math.abs(output.length - expected.length)).toBeLessThanOrEqual(Math.ceil(toHz / fromHz));
    const middle = expected.length - 400;
    const error = output.subarray(200, middle).map((value, i) => value - expected[i + 200]);
    expect(rms(error)).toBeLessThan(0.5 * 1e-3);
  });

  it.each([
    [48000, 16000],
    [44100, 48000],
    [47999, 48000],
  ])('%i → %i Hz: the same samples however the stream is cut', (fromHz, toHz) => {
    const input = tone(fromHz, 0.2, (t) => Math.sin(4000 * t * t + 3000 * t));
    const whole = resample(input, fromHz, toHz, [input.length]);
    expect(resample(input, fromHz, toHz, [1, 7, 333, 2])).toEqual(whole);
    expect(resample(input, fromHz, toHz, [960])).toEqual(whole);
  });

  it('removes what the lower rate cannot hold', () => {
    const output = resample(tone(48000, 0.5, sine(9500)), 48000, 16000, [960]);
    expect(rms(output.subarray(100, output.length - 100))).toBeLessThan(0.5 * 10 ** (-60 / 20));
  });

  it('waits for no more than 1 ms between 48 and 16 kHz', () => {
    const down = new Resampler(48000, 16000);
    expect(down.process(new Float32Array(960)).length).toBe(304);
    const up = new Resampler(16000, 48000);
    expect(up.process(new Float32Array(320)).length).toBe(912);
  });

  it('starts anew after flush', () => {
    const resampler = new Resampler(48000, 16000);
    const input = tone(48000, 0.1, sine(440));
    const first = [...resampler.process(input), ...resampler.flush()];
    const second = [...resampler.process(input), ...resampler.flush()];
    expect(first.length).toBe(1600);
    expect(second).toEqual(first);
    expect(resampler.flush().length).toBe(0);
  });

  it('passes equal rates through', () => {
    const resampler = new Resampler(48000, 48000);
    const input = tone(48000, 0.01, sine(440));
    expect(resampler.process(input)).toEqual(input);
  });
});
