import { describe, expect, it } from 'vitest';
import { FormatLadder, scaledSides } from '../../../src/engine/process/format-ladder.ts';

const ladderAt = (bitrateKbps: number, size = 512, fps = 25) => {
  const ladder = new FormatLadder({ width: size, height: size, fps });
  ladder.setBitrate(bitrateKbps);
  return ladder;
};

describe('FormatLadder', () => {
  it.each([
    [1500, 512, 1],
    [165, 512, 1],
    [160, 512, 2],
    [115, 512, 2],
    [110, 384, 2],
    [60, 256, 2],
    [10, 256, 2],
  ])('%i kbit/s at 512×512, 25 a second: %i pixels, every %i. picture', (bitrateKbps, size, step) => {
    expect(ladderAt(bitrateKbps).formatAt(0)).toEqual({ width: size, height: size, step });
  });

  it('makes a small picture no smaller', () => {
    expect(ladderAt(10, 256).formatAt(0)).toEqual({ width: 256, height: 256, step: 2 });
    expect(ladderAt(10, 336).formatAt(0).width).toBe(256);
  });

  it('keeps sizes to whole blocks', () => {
    for (let size = 256; size <= 1024; size += 16) expect(ladderAt(150, size).formatAt(0).width % 16).toBe(0);
  });

  it.each([
    [{ width: 1080, height: 1920 }, 0.75, { width: 816, height: 1440 }],
    [{ width: 1920, height: 1080 }, 0.5, { width: 960, height: 544 }],
    [{ width: 1920, height: 1080 }, 1, { width: 1920, height: 1080 }],
    [{ width: 640, height: 368 }, 0.5, { width: 448, height: 256 }],
    [{ width: 256, height: 1920 }, 0.5, { width: 256, height: 1920 }],
  ])('%j keeps its shape at %f', (full, scale, scaled) => {
    expect(scaledSides(full, scale)).toEqual(scaled);
  });

  it('falls at once and is restored step by step, when there has been enough for a while', () => {
    const ladder = ladderAt(60);
    expect(ladder.formatAt(0).width).toBe(256);
    ladder.setBitrate(165);
    // Enough for 25 a second, but only just.
    for (let nowMs = 0; nowMs < 20_000; nowMs += 40) ladder.formatAt(nowMs);
    expect(ladder.formatAt(20_000)).toEqual({ width: 512, height: 512, step: 2 });
    ladder.setBitrate(230);
    expect(ladder.formatAt(20_040)).toEqual({ width: 512, height: 512, step: 2 });
    ladder.setBitrate(190);
    expect(ladder.formatAt(22_000)).toEqual({ width: 512, height: 512, step: 2 });
    ladder.setBitrate(230);
    expect(ladder.formatAt(23_500)).toEqual({ width: 512, height: 512, step: 2 });
    expect(ladder.formatAt(26_500)).toEqual({ width: 512, height: 512, step: 1 });
  });

  it('is restored sooner, where there is twice what it takes', () => {
    const ladder = ladderAt(120);
    expect(ladder.formatAt(0)).toEqual({ width: 512, height: 512, step: 2 });
    ladder.setBitrate(600);
    ladder.formatAt(40);
    expect(ladder.formatAt(1000)).toEqual({ width: 512, height: 512, step: 2 });
    expect(ladder.formatAt(1040)).toEqual({ width: 512, height: 512, step: 1 });
  });
});
