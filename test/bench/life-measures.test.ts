import { describe, expect, it } from 'vitest';
import { blinks, borderSteps, drift, gaze, headMotion, rises } from '../../bench/life-measures.ts';
import { mean } from '../../bench/statistics.ts';
import { risesPercent, syllables } from '../../bench/stress.ts';
import { randomNumbers } from '../../src/random.ts';
import { gazePose, type Pose, poseFrame } from '../../src/render/warp/sheet/poses.ts';

const track = (count: number, pose: (frame: number) => Pose) =>
  Array.from({ length: count }, (_, frame) => poseFrame(pose(frame)));

/** A lid that closes and opens along cosines; times in ms. */
function lid(ms: number, closing: number, hold: number, opening: number): number {
  const ease = (x: number) => 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, Math.max(0, x)));
  return ease(ms / closing) * (1 - ease((ms - closing - hold) / opening));
}

describe('blinks', () => {
  it('times closing and opening between frames', () => {
    const starts = [1013, 4007, 8021, 11030, 15011];
    const frames = track(500, (frame) => ({
      eyeBlinkLeft: Math.max(...starts.map((start) => lid(frame * 40 - start, 110, 30, 220))),
    }));
    const found = blinks(frames);
    expect(found).toHaveLength(starts.length);
    const { closingMs, openingMs } = {
      closingMs: mean(found.map((blink) => blink.closingMs)),
      openingMs: mean(found.map((blink) => blink.openingMs)),
    };
    // What lies beyond 2 % and 98 % is missing, and 40 ms is coarse: known to cost an opening 20 to 30 ms.
    expect(Math.abs(closingMs - 110)).toBeLessThan(12);
    expect(Math.abs(openingMs - 195)).toBeLessThan(12);
  });

  it('takes neither half-closed lids nor eyes that stay shut for blinks', () => {
    expect(
      blinks(track(200, (frame) => ({ eyeBlinkLeft: 0.4 * lid(frame * 40 - 2000, 100, 0, 200) }))),
    ).toEqual([]);
    expect(blinks(track(200, (frame) => ({ eyeBlinkLeft: frame > 100 ? 1 : 0 })))).toEqual([]);
  });
});

describe('rises', () => {
  it('begin where the curve leaves its foot, not where it shivers before', () => {
    const random = randomNumbers(1);
    const pulse = (frame: number, top: number) => Math.max(0, 1 - ((frame - top) / 8) ** 2) ** 2;
    const curve = Float64Array.from({ length: 300 }, (_, frame) => {
      return 0.01 * random() + 0.3 * pulse(frame, 108) + 0.08 * pulse(frame, 160) + 0.4 * pulse(frame, 220);
    });
    const found = rises(curve, 0.1);
    expect(found).toHaveLength(2);
    expect(Math.abs(found[0] - 102)).toBeLessThanOrEqual(1);
    expect(Math.abs(found[1] - 214)).toBeLessThanOrEqual(1);
  });
});

describe('headMotion', () => {
  it('measures speed and spread in degrees', () => {
    // 6° to either side once in 4 s: 4 · 6° in 4 s on the mean, 6° / √2 as its deviation.
    const frames = track(3000, (frame) => ({
      headYaw: ((6 * Math.PI) / 180) * Math.sin((2 * Math.PI * frame) / 100),
    }));
    const { meanSpeed, yawSpread, pitchSpread, repetition } = headMotion(frames);
    expect(meanSpeed).toBeCloseTo(6, 1);
    expect(yawSpread).toBeCloseTo(6 / Math.SQRT2, 1);
    expect(pitchSpread).toBe(0);
    expect(repetition).toBeCloseTo(1, 2);
  });
});

describe('gaze', () => {
  it('counts saccades and the fixations between them', () => {
    // A jump of 0.2 · 30° every 15 frames, and slow drift in between.
    const frames = track(1500, (frame) =>
      gazePose(Math.floor(frame / 15) % 2 === 0 ? 0 : 0.2, 0.0001 * (frame % 15)),
    );
    const { saccadesPerMinute, fixationMs } = gaze(frames);
    expect(saccadesPerMinute).toBeCloseTo(99, 0);
    expect(fixationMs).toBeCloseTo(600);
  });

  it('takes the head along: eyes that turn back against it look at the same place', () => {
    const turn = (frame: number) => 0.25 * Math.min(1, Math.max(0, (frame - 100) / 4));
    const frames = track(300, (frame) => ({
      headYaw: turn(frame),
      ...gazePose(-turn(frame) / (Math.PI / 6), 0),
    }));
    expect(gaze(frames).saccadesPerMinute).toBe(0);
  });

  it('does not see saccades in blinks', () => {
    const frames = track(300, (frame) => ({
      eyeBlinkLeft: frame % 50 < 4 ? 1 : 0,
      ...gazePose(0, frame % 50 < 4 ? -0.3 : 0),
    }));
    expect(gaze(frames).saccadesPerMinute).toBe(0);
  });
});

describe('borderSteps', () => {
  const random = randomNumbers(3);
  const walk = (jumps: Set<number>) => {
    let yaw = 0;
    return track(2000, (frame) => {
      yaw = 0.98 * yaw + 0.02 * (random() - 0.5) + (jumps.has(frame) ? 0.2 : 0);
      return { headYaw: yaw };
    });
  };

  it('shows a jump at a border, and none where steps are as everywhere', () => {
    const borders = Array.from({ length: 19 }, (_, i) => 100 * (i + 1));
    expect(borderSteps(walk(new Set(borders)), borders).largest).toBeGreaterThan(5);
    expect(borderSteps(walk(new Set()), borders).largest).toBeLessThan(1.2);
    const blocks = Array.from({ length: 1000 }, (_, i) => 2 * i);
    expect(borderSteps(walk(new Set()), blocks).usual).toBeCloseTo(1, 0);
  });
});

describe('drift', () => {
  it('tells a shifted mean from a wider spread', () => {
    const random = randomNumbers(4);
    const noise = (shift: number, scale: number) =>
      track(2000, () => ({ headYaw: shift + scale * (random() - 0.5) }));
    const steady = drift(noise(0, 0.2), noise(0, 0.2), ['headYaw', 'headRoll']);
    expect(steady.meanShift).toBeLessThan(0.15);
    expect(steady.spreadRatio).toBeLessThan(1.1);
    expect(drift(noise(0, 0.2), noise(0.1, 0.2), ['headYaw']).meanShift).toBeGreaterThan(1);
    expect(drift(noise(0, 0.2), noise(0, 0.4), ['headYaw']).spreadRatio).toBeCloseTo(2, 0);
  });
});

describe('stress', () => {
  it('tells strong from weak syllables, and what rises on them', () => {
    // Two syllables a second, every fourth one loud, and a brow that rises on that.
    const voice = Float32Array.from({ length: 48000 * 20 }, (_, i) => {
      const envelope = Math.sin((Math.PI * (i % 24000)) / 24000) ** 2;
      const loudness = Math.floor(i / 24000) % 4 === 0 ? 0.8 : 0.3;
      return loudness * envelope * Math.sin((2 * Math.PI * 150 * i) / 48000);
    });
    const { strong, weak } = syllables(voice);
    expect(strong.map((frame) => Math.round((frame - 6) / 12.5) % 4)).toEqual(new Array(10).fill(0));
    expect(weak.some((frame) => strong.includes(frame))).toBe(false);
    const brows = Float64Array.from({ length: 500 }, (_, frame) =>
      frame % 50 > 4 && frame % 50 < 12 ? 0.4 : 0,
    );
    expect(risesPercent(brows, strong, 0.1)).toBe(100);
    expect(risesPercent(brows, weak, 0.1)).toBe(0);
  });
});
