import { describe, expect, it } from 'vitest';
import { BANDS, type Spectrum, SpectrumReader } from '../../../src/audio/voice-activity/spectrum.ts';
import { tone } from '../../support/signals.ts';

function spectra(sound: Float32Array, piece = sound.length): Spectrum[] {
  const found: Spectrum[] = [];
  const reader = new SpectrumReader();
  for (let at = 0; at < sound.length; at += piece) {
    reader.push(sound.subarray(at, at + piece), (spectrum) => found.push(spectrum));
  }
  return found;
}
const sine = (hz: number) => tone(16000, 0.5, (t) => 0.5 * Math.sin(2 * Math.PI * hz * t));
/** A pulse with all its harmonics, as a throat has them. */
const buzz = (hz: number) => tone(16000, 0.5, (t) => ((t * hz) % 1 < 0.1 ? 0.5 : -0.05));

describe('SpectrumReader', () => {
  it('tells frames of 20 ms, the same however the sound is cut', () => {
    const whole = spectra(buzz(140));
    expect(whole.length).toBe(25);
    expect(spectra(buzz(140), 77)).toEqual(whole);
  });

  it.each([100, 140, 220])('finds a pitch of %i Hz', (hz) => {
    const { periodicity, pitch } = spectra(buzz(hz)).at(-1)!;
    expect(periodicity).toBeGreaterThan(0.9);
    expect(80 * 2 ** (2.3 * pitch)).toBeCloseTo(hz, -1);
  });

  it('puts a tone into its band, with its power, whatever its loudness', () => {
    const { bands } = spectra(sine(1000)).at(-1)!;
    expect(bands.indexOf(Math.max(...bands))).toBe(7);
    const quieter = spectra(sine(1000).map((value) => value / 10)).at(-1)!;
    for (let band = 0; band < BANDS; band++) expect(quieter.bands[band] * 100).toBeCloseTo(bands[band], 6);
    expect(bands.reduce((sum, power) => sum + power, 0)).toBeCloseTo(0.5 ** 2 / 4, 2);
  });
});
