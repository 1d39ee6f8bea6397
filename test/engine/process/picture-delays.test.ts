import { describe, expect, it } from 'vitest';
import { IntakeLog } from '../../../src/audio/intake-log.ts';
import { DelayLog, delayToEncoder } from '../../../src/engine/process/picture-delays.ts';

const MS = 48;

describe('IntakeLog', () => {
  it('knows of each sample when it came in, and nothing of what did not or is long gone', () => {
    const log = new IntakeLog();
    expect(log.at(1)).toBeUndefined();
    for (let i = 1; i <= 5000; i++) log.add(i * 10, { arrivedMs: i, takenMs: i + 3 });
    expect(log.at(50_001)).toBeUndefined();
    expect(log.at(50_000)).toMatchObject({ arrivedMs: 5000, takenMs: 5003 });
    expect(log.at(49_991)).toMatchObject({ arrivedMs: 5000 });
    expect(log.at(49_990)).toMatchObject({ arrivedMs: 4999 });
    expect(log.at(10)).toBeUndefined();
  });
});

describe('DelayLog', () => {
  const stamps = { begunMs: 190, renderedMs: 196, encodedMs: 198 };

  it('takes the delay apart, stage by stage', () => {
    const intake = new IntakeLog();
    for (let ms = 20; ms <= 200; ms += 20) intake.add(ms * MS, { arrivedMs: ms + 1, takenMs: ms + 4 });
    const log = new DelayLog(intake);
    expect(log.of(0, 40 * MS, stamps)).toBeUndefined();
    // Frames 0 and 1, with two frames of lookahead.
    log.motionMade(0, 2, 160 * MS, 169);
    const delays = log.of(0, 40 * MS, stamps)!;
    expect(delays).toEqual({ intake: 3, context: 120, motion: 5, hold: 21, render: 6, encode: 2, send: 0 });
    expect(delayToEncoder(delays)).toBe(stamps.encodedMs - 41);
    expect(log.of(1, 80 * MS, stamps)).toMatchObject({ context: 80 });
    expect(log.of(0.5, 80 * MS, stamps)).toMatchObject({ context: 80 });
  });

  it('says nothing of a frame that was made anew or is not there', () => {
    const intake = new IntakeLog();
    for (const ms of [1, 400]) intake.add(ms * MS, { arrivedMs: 0, takenMs: 0 });
    const log = new DelayLog(intake);
    log.motionMade(0, 2, 160 * MS, 5);
    log.motionMade(64, 66, 160 * MS, 9);
    expect(log.of(0, 40 * MS, stamps)).toBeUndefined();
    expect(log.of(2, 120 * MS, stamps)).toBeUndefined();
    log.motionMade(1, 3, 200 * MS, 20);
    expect(log.of(1, 80 * MS, stamps)).toMatchObject({ motion: 20, hold: 170 });
  });
});
