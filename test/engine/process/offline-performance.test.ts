import { expect, test } from 'vitest';
import { NEUTRAL_CONTROLS } from '../../../src/contract/controls.ts';
import { CHANNEL, MOTION_SIZE } from '../../../src/contract/motion-frame.ts';
import { withPerformance } from '../../../src/engine/process/offline-performance.ts';

test('a recorded performance moves the motion of a voice when it comes to it, and leaves it at its end', async () => {
  async function* voice() {
    for (let index = 0; index < 75; index++) {
      yield { index, mediaTimeMs: 40 * index, frame: new Float32Array(MOTION_SIZE) };
    }
  }
  const performed = Array.from({ length: 30 }, (_, i) => ({
    timeMs: 600 + (1000 * i) / 30,
    shapes: { jawOpen: 0.5, browInnerUp: 0.6 },
  }));
  const shown = [];
  for (const speaking of [true, false]) {
    const frames = withPerformance(voice(), performed, { mix: NEUTRAL_CONTROLS.performer, speaking });
    const jaws: number[] = [];
    const brows: number[] = [];
    for await (const { frame } of frames) {
      jaws.push(frame[CHANNEL.jawOpen]);
      brows.push(frame[CHANNEL.browInnerUp]);
    }
    shown.push({ jaws, brows });
  }
  const [beside, alone] = shown;
  for (const { brows } of shown) {
    expect(Math.max(...brows.slice(0, 15))).toBe(0);
    expect(brows[38]).toBeCloseTo(0.6, 2);
    expect(Math.max(...brows.slice(54))).toBe(0);
  }
  // The voice makes the phones as long as there is one.
  expect(beside.jaws[38]).toBeLessThan(0.02);
  expect(alone.jaws[38]).toBeCloseTo(0.5, 2);
});
