import { expect, it } from 'vitest';
import { CUES } from '../../../src/audio/voice-activity/speech-cues.ts';
import { CHANNEL, MOTION_RATE_HZ, MOTION_SIZE } from '../../../src/contract/motion-frame.ts';
import { ListenerBreath } from '../../../src/engine/process/listener-breath.ts';

/** How far the lips part, frame by frame, of a face whose turn comes after a second, and that speaks after so many. */
function jaws(seed: number, cue: (typeof CUES)[number], speaksAfterS = 9): number[] {
  const breath = new ListenerBreath(seed);
  return Array.from({ length: 4 * MOTION_RATE_HZ }, (_, frame) => {
    const cues = new Float32Array(CUES.length).fill(0);
    if (frame >= MOTION_RATE_HZ) cues[CUES.indexOf(cue)] = Math.max(0, 1 - (frame - MOTION_RATE_HZ) / 100);
    breath.hear({ frame, state: frame < speaksAfterS * MOTION_RATE_HZ ? 'idle' : 'speaking', cues });
    const shown = new Float32Array(MOTION_SIZE);
    breath.show(shown, frame, { amount: 1, seconds: 1 / MOTION_RATE_HZ });
    return shown[CHANNEL.jawOpen];
  });
}
const seeds = Array.from({ length: 40 }, (_, seed) => seed);
const most = (values: number[]) => Math.max(...values);

it('draws breath in most cases when it is its turn, once, and at nothing else', () => {
  const drawn = seeds.map((seed) => jaws(seed, 'turn'));
  const breaths = drawn.filter((one) => most(one) > 0.05);
  expect(breaths.length).toBeGreaterThan(20);
  expect(breaths.length).toBeLessThan(36);
  for (const one of breaths) {
    expect(most(one.slice(0, MOTION_RATE_HZ))).toBe(0);
    expect(most(one)).toBeLessThan(0.12);
    expect(most(one.slice(2.8 * MOTION_RATE_HZ))).toBeLessThan(0.005);
  }
  expect(seeds.every((seed) => most(jaws(seed, 'pause')) === 0)).toBe(true);
});

it('lets go of it softly as soon as it speaks', () => {
  for (const seed of seeds) {
    const one = jaws(seed, 'turn', 1.6);
    expect(most(one.slice(2.2 * MOTION_RATE_HZ))).toBeLessThan(0.005);
    for (let i = 1; i < one.length; i++) expect(Math.abs(one[i] - one[i - 1])).toBeLessThan(0.04);
  }
});
