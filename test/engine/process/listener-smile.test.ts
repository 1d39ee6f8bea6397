import { expect, it } from 'vitest';
import { CUES } from '../../../src/audio/voice-activity/speech-cues.ts';
import type { AvatarState, Controls } from '../../../src/contract/controls.ts';
import { CHANNEL, MOTION_RATE_HZ, MOTION_SIZE } from '../../../src/contract/motion-frame.ts';
import { ListenerSmile } from '../../../src/engine/process/listener-smile.ts';

/** The smile that is shown, frame by frame, at a user who smiles in the second and third of six seconds. */
function smiles(
  seed: number,
  {
    state = 'idle',
    emotion = 'voice',
    smile = 0.9,
    own = 0,
  }: { state?: AvatarState; emotion?: Controls['emotion']; smile?: number; own?: number } = {},
): number[] {
  const listener = new ListenerSmile(seed);
  return Array.from({ length: 6 * MOTION_RATE_HZ }, (_, frame) => {
    const atS = frame / MOTION_RATE_HZ;
    const seen = { nods: 0, returns: 0, smile: atS >= 1 && atS < 3 ? smile : 0 };
    listener.hear({ frame, state, cues: undefined, seen });
    const shown = new Float32Array(MOTION_SIZE);
    shown[CHANNEL.mouthSmileLeft] = own;
    listener.show(shown, 1, { seconds: 1 / MOTION_RATE_HZ, emotion });
    return shown[CHANNEL.mouthSmileLeft];
  });
}

it('smiles back, fainter, 0.3 to 0.8 s later, and stops after the user', () => {
  for (let seed = 0; seed < 20; seed++) {
    const shown = smiles(seed);
    const most = Math.max(...shown);
    expect(most).toBeGreaterThan(0.25);
    expect(most).toBeLessThan(0.45);
    const halfS = shown.findIndex((value) => value > most / 2) / MOTION_RATE_HZ - 1;
    expect(halfS).toBeGreaterThan(0.3);
    expect(halfS).toBeLessThan(0.8);
    expect(shown.at(-1)).toBeLessThan(0.03);
  }
});

it('smiles at nothing less, not while it speaks, and never against an emotion that was set', () => {
  const most = (options: Parameters<typeof smiles>[1]) => Math.max(...smiles(1, options));
  expect(most({ smile: 0.2 })).toBe(0);
  expect(most({ state: 'speaking' })).toBe(0);
  expect(most({ emotion: { sad: 0.4 } })).toBe(0);
  expect(most({ emotion: { angry: 1, happy: 0.2 } })).toBe(0);
  expect(most({ emotion: { sad: 0, happy: 0.5 } })).toBeGreaterThan(0.25);
});

it('smiles along with laughter at once, but not against an emotion that was set', () => {
  const atLaughter = (emotion: Controls['emotion']) => {
    const listener = new ListenerSmile(1);
    const cues = new Float32Array(CUES.length).fill(0);
    cues[CUES.indexOf('laughter')] = 0.9;
    return Array.from({ length: MOTION_RATE_HZ / 2 }, (_, frame) => {
      listener.hear({ frame, state: 'listening', cues });
      const shown = new Float32Array(MOTION_SIZE);
      listener.show(shown, 1, { seconds: 1 / MOTION_RATE_HZ, emotion });
      return shown[CHANNEL.mouthSmileRight];
    });
  };
  expect(atLaughter('voice').at(-1)).toBeGreaterThan(0.35);
  expect(atLaughter({ sad: 0.5 }).at(-1)).toBe(0);
});

it('leaves a broader smile of its own as it is', () => {
  expect(smiles(1, { own: 0.7 }).every((value) => Math.abs(value - 0.7) < 1e-6)).toBe(true);
});
