import { beforeAll, describe, expect, it, vi } from 'vitest';
import { CUES } from '../../src/audio/voice-activity/speech-cues.ts';
import { UserListener } from '../../src/session/user-listener.ts';
import { sampleVoice } from '../support/sample-voice.ts';

let voice: Float32Array;
beforeAll(async () => {
  voice = await sampleVoice(3);
});

function listener() {
  const told: string[] = [];
  const talked: number[] = [];
  const cues: Float32Array[] = [];
  const user = new UserListener({
    heard: () => {},
    cues: (values) => cues.push(values),
    started: () => told.push('started'),
    ended: (talkedMs) => {
      told.push('ended');
      talked.push(talkedMs);
    },
  });
  const hear = (samples: Float32Array) => {
    for (let at = 0; at < samples.length; at += 960) user.hear(samples.subarray(at, at + 960));
  };
  return { user, told, talked, cues, hear };
}

describe('UserListener', () => {
  it('tells how long somebody talked', () => {
    const { user, told, talked, hear } = listener();
    hear(new Float32Array(48000));
    hear(voice);
    hear(new Float32Array(96000));
    expect(told.slice(0, 2)).toEqual(['started', 'ended']);
    expect(talked.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(1500);
    expect(Math.max(...talked)).toBeLessThanOrEqual(3000);
    user.close();
  });

  it('gives what a listener answers to, for each frame of motion', () => {
    const { user, cues, hear } = listener();
    hear(voice);
    hear(new Float32Array(48000));
    expect(cues.length).toBeGreaterThanOrEqual(99);
    expect(cues.length).toBeLessThanOrEqual(100);
    const pause = CUES.indexOf('pause');
    expect(Math.max(...cues.slice(75).map((values) => values[pause]))).toBeGreaterThan(0.9);
    user.close();
  });

  it('ends the talking of a microphone that goes away', () => {
    vi.useFakeTimers();
    try {
      const { user, told, hear } = listener();
      hear(voice.subarray(0, 72000));
      expect(told).toEqual(['started']);
      vi.advanceTimersByTime(2000);
      expect(told).toEqual(['started', 'ended']);
      hear(voice);
      expect(told.at(2)).toBe('started');
      user.close();
      vi.advanceTimersByTime(2000);
      expect(user.talking).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });
});
