import { beforeAll, describe, expect, it } from 'vitest';
import { resampleAll } from '../../../src/audio/resampler.ts';
import { VoiceActivity } from '../../../src/audio/voice-activity/voice-activity.ts';
import { randomNumbers } from '../../../src/random.ts';
import { sampleVoice } from '../../support/sample-voice.ts';
import { rms, tone } from '../../support/signals.ts';

const RATE_HZ = 48000;
const PACKET = 320;

let voice: Float32Array;
beforeAll(async () => {
  voice = await sampleVoice(4);
});

/** Numbers −1..1 that are the same in every run. */
function noise(seconds: number, peak: number): Float32Array {
  const random = randomNumbers(12345);
  return tone(RATE_HZ, seconds, () => peak * (2 * random() - 1));
}

function joined(...parts: Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** When talking was told to start and to end, in milliseconds of the sound itself. */
function listen(sound: Float32Array) {
  const activity = new VoiceActivity();
  const changes: { change: string; atMs: number }[] = [];
  const heard = resampleAll(sound, RATE_HZ, VoiceActivity.rateHz);
  for (let at = 0; at < heard.length; at += PACKET) {
    for (const change of activity.push(heard.subarray(at, at + PACKET))) {
      changes.push({ change, atMs: (at + PACKET) / 16 });
    }
  }
  return changes;
}

const silence = (seconds: number) => new Float32Array(seconds * RATE_HZ);
/** Where the voice first exceeds a tenth of its loudness. */
function onsetMs(sound: Float32Array): number {
  const loud = rms(sound) / 2;
  for (let at = 0; at < sound.length; at += 480) if (rms(sound.subarray(at, at + 480)) > loud) return at / 48;
  return Number.NaN;
}

describe('VoiceActivity', () => {
  it('hears a voice soon after it begins, and its end once, after the hangover', () => {
    const changes = listen(joined(silence(1), voice, silence(2)));
    expect(changes[0].change).toBe('started');
    expect(changes[0].atMs - 1000 - onsetMs(voice)).toBeLessThan(200);
    expect(changes.at(-1)!.change).toBe('ended');
    expect(changes.at(-1)!.atMs).toBeLessThan(5000 + VoiceActivity.hangoverMs + 200);
    changes.forEach(({ change }, i) => {
      expect(change).toBe(i % 2 === 0 ? 'started' : 'ended');
    });
    // Pauses between words are bridged.
    expect(changes.length).toBeLessThanOrEqual(4);
  });

  it.each([0.01, 0.03, 0.1])('hears it also in noise of %d of full scale', (share) => {
    const gain = 0.15 / rms(voice);
    const loud = voice.map((sample) => sample * gain);
    const sound = joined(silence(2), loud, silence(2));
    const hiss = noise(sound.length / RATE_HZ, share);
    const changes = listen(sound.map((sample, i) => sample + hiss[i]));
    expect(changes[0].atMs).toBeGreaterThan(2000);
    expect(changes[0].atMs - 2000 - onsetMs(loud)).toBeLessThan(400);
    expect(changes.at(-1)!.change).toBe('ended');
  });

  it.each<[string, () => Float32Array]>([
    ['silence', () => silence(5)],
    ['noise that begins suddenly', () => joined(silence(1), noise(4, 0.2))],
    [
      'bursts of noise',
      () => joined(...Array.from({ length: 8 }, () => joined(noise(0.1, 0.4), silence(0.4)))),
    ],
    ['clicks', () => tone(RATE_HZ, 4, (t) => (t % 0.25 < 0.002 ? 0.8 : 0))],
    ['mains hum', () => tone(RATE_HZ, 4, (t) => 0.02 * Math.sin(2 * Math.PI * 50 * t))],
    [
      'a whistle above every pitch of voices',
      () => tone(RATE_HZ, 4, (t) => (t % 1 < 0.06 ? 0.3 : 0) * Math.sin(2 * Math.PI * 3000 * t)),
    ],
  ])('takes %s for no voice', (_, sound) => {
    expect(listen(sound())).toEqual([]);
  });

  it('starts anew after the microphone was gone', () => {
    const activity = new VoiceActivity();
    const heard = (sound: Float32Array) => resampleAll(sound, RATE_HZ, VoiceActivity.rateHz);
    activity.push(heard(joined(silence(1), voice.subarray(0, RATE_HZ * 2))));
    expect(activity.talking).toBe(true);
    activity.stop();
    expect(activity.talking).toBe(false);
    expect(activity.push(heard(joined(silence(1), voice)))).toContain('started');
  });
});
