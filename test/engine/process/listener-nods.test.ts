import { describe, expect, it } from 'vitest';
import { nods } from '../../../bench/life-measures.ts';
import { CUES } from '../../../src/audio/voice-activity/speech-cues.ts';
import type { AvatarState } from '../../../src/contract/controls.ts';
import { CHANNEL, MOTION_RATE_HZ, MOTION_SIZE } from '../../../src/contract/motion-frame.ts';
import { ListenerNods } from '../../../src/engine/process/listener-nods.ts';
import { gazeOf } from '../../../src/face/gaze.ts';

/** Four seconds of a face at rest; a cue comes anew after one, and fades in 1.2. */
function answer(seed: number, cue: (typeof CUES)[number], state: AvatarState): Float32Array[] {
  const listener = new ListenerNods(seed);
  return Array.from({ length: 4 * MOTION_RATE_HZ }, (_, frame) => {
    const cues = new Float32Array(CUES.length).fill(0);
    if (frame >= MOTION_RATE_HZ) cues[CUES.indexOf(cue)] = Math.max(0, 1 - (frame - MOTION_RATE_HZ) / 30);
    listener.hear({ frame, state, cues });
    const shown = new Float32Array(MOTION_SIZE);
    listener.show(shown, frame, 1);
    return shown;
  });
}
const seeds = Array.from({ length: 40 }, (_, seed) => seed);

describe('ListenerNods', () => {
  it.each(['pause', 'rise'] as const)('nods once to three times when it hears a %s, in most cases', (cue) => {
    const found = seeds.map((seed) => nods(answer(seed, cue, 'listening')));
    const answers = found.filter((one) => one.length > 0);
    expect(answers.length).toBeGreaterThan(25);
    for (const [first] of answers) {
      expect(first).toBeGreaterThanOrEqual(MOTION_RATE_HZ - 1);
      expect(first).toBeLessThan(1.3 * MOTION_RATE_HZ);
    }
    expect(
      new Set(
        seeds.map((seed) => answer(seed, cue, 'listening').filter((f) => f[CHANNEL.headPitch] > 0).length),
      ).size,
    ).toBeGreaterThan(5);
  });

  it('nods back at whoever nods in silence, in most cases, and not while they talk or it speaks', () => {
    const begins = (state: AvatarState, voice: number) =>
      seeds.flatMap((seed) => {
        const listener = new ListenerNods(seed);
        const cues = new Float32Array(CUES.length).fill(0);
        cues[CUES.indexOf('voice')] = voice;
        const frames = Array.from({ length: 3 * MOTION_RATE_HZ }, (_, frame) => {
          const seen = { nods: frame < MOTION_RATE_HZ ? 0 : 1, returns: 0, smile: 0 };
          listener.hear({ frame, state, cues, seen });
          const shown = new Float32Array(MOTION_SIZE);
          listener.show(shown, frame, 1);
          return shown;
        });
        return nods(frames).slice(0, 1);
      });
    for (const state of ['idle', 'listening'] as const) {
      const found = begins(state, 0);
      expect(found.length).toBeGreaterThan(20);
      // It is known 0.2 s after the user's head was at its lowest.
      for (const frame of found) {
        expect(frame).toBeGreaterThanOrEqual(1.1 * MOTION_RATE_HZ - 1);
        expect(frame).toBeLessThan(1.6 * MOTION_RATE_HZ + 1);
      }
    }
    expect(begins('speaking', 0)).toEqual([]);
    expect(begins('listening', 0.9)).toEqual([]);
  });

  it('keeps its eyes on the user', () => {
    for (const shown of answer(1, 'pause', 'listening')) {
      expect(gazeOf(shown, 'left').pitch - shown[CHANNEL.headPitch]).toBeCloseTo(0, 6);
      expect(gazeOf(shown, 'right').pitch - shown[CHANNEL.headPitch]).toBeCloseTo(0, 6);
    }
  });

  it('nods to nothing else, and not while it speaks or idles', () => {
    const still = (frames: Float32Array[]) => frames.every((shown) => shown.every((value) => value === 0));
    expect(seeds.every((seed) => still(answer(seed, 'voice', 'listening')))).toBe(true);
    expect(seeds.every((seed) => still(answer(seed, 'pause', 'speaking')))).toBe(true);
    expect(seeds.every((seed) => still(answer(seed, 'pause', 'idle')))).toBe(true);
  });
});
