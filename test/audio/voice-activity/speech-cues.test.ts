import { describe, expect, it } from 'vitest';
import { resampleAll } from '../../../src/audio/resampler.ts';
import { Arousal } from '../../../src/audio/voice-activity/arousal.ts';
import { BANDS } from '../../../src/audio/voice-activity/spectrum.ts';
import { CUES, SpeechCues } from '../../../src/audio/voice-activity/speech-cues.ts';
import { VoiceActivity } from '../../../src/audio/voice-activity/voice-activity.ts';
import { randomNumbers } from '../../../src/random.ts';
import { sampleVoice } from '../../support/sample-voice.ts';
import { tone } from '../../support/signals.ts';

const RATE_HZ = 16000;
type Cue = (typeof CUES)[number];
const flat = new Float32Array(BANDS);

/** Frames of 20 ms at once: a voice of this level and pitch, or none. */
function told(
  cues: SpeechCues,
  seconds: number,
  voice?: (progress: number) => { db?: number; octaves?: number },
) {
  const frames = Math.round(seconds * 50);
  for (let i = 0; i < frames; i++) {
    const { db = -25, octaves = 1 } = voice?.(i / frames) ?? { db: -90 };
    cues.hear({ decibels: db, periodicity: voice ? 0.9 : 0.1, octaves }, flat, voice !== undefined);
  }
}
function cue(cues: SpeechCues, name: Cue): number {
  return cues.values[CUES.indexOf(name)];
}
const level = () => ({});

describe('SpeechCues', () => {
  it('tells of a pause 0.26 s after it began, ever less, and not of one before anything was said', () => {
    const cues = new SpeechCues();
    told(cues, 2);
    expect([...cues.values]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    told(cues, 1, level);
    expect(cue(cues, 'voice')).toBeGreaterThan(0.9);
    told(cues, 0.24);
    expect(cue(cues, 'pause')).toBe(0);
    told(cues, 0.02);
    expect(cue(cues, 'pause')).toBe(1);
    told(cues, 0.6, level);
    expect(cue(cues, 'pause')).toBeCloseTo(0.5, 1);
  });

  it('tells that a turn is over after 0.7 s, and takes it back when the user goes on', () => {
    const cues = new SpeechCues();
    told(cues, 1.5, level);
    told(cues, 0.66);
    expect(cue(cues, 'turn')).toBe(0);
    told(cues, 0.1);
    expect(cue(cues, 'turn')).toBeGreaterThan(0.9);
    told(cues, 0.4, level);
    expect(cue(cues, 'turn')).toBe(0);
  });

  it.each([
    ['rises', 0.4, true],
    ['falls', -0.4, false],
    ['jumps by an octave, as a mistake does', 1.2, false],
  ])('hears whether the end %s', (_, octaves, isRise) => {
    const cues = new SpeechCues();
    told(cues, 1, level);
    const step = Math.abs(octaves) > 1;
    told(cues, 0.24, (progress) => ({ octaves: 1 + octaves * (step ? Math.round(progress) : progress) }));
    told(cues, 0.2);
    expect(cue(cues, 'rise') > 0.9).toBe(isRise);
  });

  it('hears laughter in like bursts, and none in other syllables of the same rhythm', () => {
    const random = randomNumbers(7);
    const spectrum = () => Float32Array.from({ length: BANDS }, () => random());
    const laugh = spectrum();
    const evidence = (bands: () => Float32Array) => {
      const cues = new SpeechCues();
      for (let burst = 0; burst < 8; burst++) {
        const own = bands();
        for (let i = 0; i < 10; i++) {
          const decibels = i < 5 ? -25 : -45;
          cues.hear({ decibels, periodicity: 0.3, octaves: 1.5 }, own, true);
        }
      }
      return cue(cues, 'laughter');
    };
    expect(evidence(() => laugh)).toBeGreaterThan(0.8);
    expect(evidence(spectrum)).toBe(0);
  });

  it('finds the end of a real reading in what the detector hears', async () => {
    const voice = resampleAll(await sampleVoice(4), 48000, RATE_HZ);
    const activity = new VoiceActivity();
    const [, , , , pause] = hear(activity, voice);
    hear(activity, new Float32Array(RATE_HZ));
    const after = activity.cues;
    expect(pause).toBeLessThanOrEqual(1);
    expect(after[CUES.indexOf('turn')]).toBeGreaterThan(0.8);
    expect(after[CUES.indexOf('pause')]).toBeGreaterThan(0.2);
    expect(after[CUES.indexOf('voice')]).toBeLessThan(0.05);
  });
});

function hear(activity: VoiceActivity, sound: Float32Array): Float32Array {
  for (let at = 0; at < sound.length; at += 320) activity.push(sound.subarray(at, at + 320));
  return activity.cues;
}

describe('Arousal', () => {
  /** A hum with overtones: `amount` louder and higher. */
  const hum = (seconds: number, amount: number) =>
    tone(RATE_HZ, seconds, (time) => {
      const hertz = 140 * 1.3 ** amount;
      const gain = 0.05 * 2 ** amount;
      return gain * [1, 2, 3].reduce((sum, k) => sum + Math.sin(2 * Math.PI * k * hertz * time) / k, 0);
    });

  it('rises within half a second of a louder and higher voice, falls under a fainter one, fades in silence', () => {
    const arousal = new Arousal();
    const heardAfter = (sound: Float32Array) => {
      arousal.hear(sound);
      return arousal.value;
    };
    expect(Math.abs(heardAfter(hum(4, 0)))).toBeLessThan(0.1);
    const excited = heardAfter(hum(0.5, 1));
    expect(excited).toBeGreaterThan(0.4);
    expect(heardAfter(new Float32Array(2 * RATE_HZ))).toBeLessThan(0.2 * excited);
    heardAfter(hum(2, 0));
    expect(heardAfter(hum(0.6, -1))).toBeLessThan(-0.3);
  });
});
