import { expect, it } from 'vitest';
import { VoicePacer } from '../../../../src/connection/livekit/process/voice-pacer.ts';

const LOUD = new Int16Array(480).fill(5000);
const SILENT = new Int16Array(480);

/** Frames go to the source as soon as they may; returns when, when they go out there, and their media times. */
function run(
  happenings: (at: (ms: number, act: (pacer: VoicePacer) => void) => void) => void,
  untilMs: number,
) {
  let nowMs = 0;
  const pacer = new VoicePacer(() => nowMs);
  const acts = new Map<number, (pacer: VoicePacer) => void>();
  happenings((ms, act) => acts.set(ms, act));
  const gone: { atMs: number; outMs: number; mediaTimeMs: number }[] = [];
  for (; nowMs < untilMs; nowMs++) {
    acts.get(nowMs)?.(pacer);
    while (pacer.waitMs === 0) {
      const outMs = nowMs + pacer.aheadMs;
      gone.push({ atMs: nowMs, outMs, mediaTimeMs: pacer.take()!.mediaTimeMs });
    }
  }
  return gone;
}

it('lets voice that comes in time go at once', () => {
  const gone = run((at) => {
    for (let ms = 0; ms < 1000; ms += 10) at(ms, (pacer) => pacer.push({ data: LOUD, mediaTimeMs: ms }));
  }, 1000);
  const inTime = (_: unknown, i: number) => ({ atMs: 10 * i, outMs: 10 * i, mediaTimeMs: 10 * i });
  expect(gone).toEqual(Array.from({ length: 100 }, inTime));
});

it('keeps a burst, so that no more than 40 ms of it is out of reach', () => {
  const burst = (pacer: VoicePacer) => {
    for (let ms = 0; ms < 300; ms += 10) pacer.push({ data: LOUD, mediaTimeMs: ms });
  };
  const gone = run((at) => at(500, burst), 1000);
  expect(gone).toHaveLength(30);
  expect(gone.filter(({ atMs }) => atMs === 500)).toHaveLength(4);
  for (const { atMs, mediaTimeMs } of gone) expect(atMs - 500).toBeGreaterThanOrEqual(mediaTimeMs - 30);
  const cut = run((at) => {
    at(500, burst);
    at(505, (pacer) => pacer.clear());
  }, 1000);
  expect(cut.length).toBeLessThanOrEqual(5);
});

it('catches up in pauses, and holds no more than 400 ms', () => {
  const gone = run((at) => {
    at(0, (pacer) => {
      for (let ms = 0; ms < 2000; ms += 10) pacer.push({ data: LOUD, mediaTimeMs: ms });
    });
    // In time again, 20 ms at once; then a pause.
    for (let ms = 2000; ms < 4000; ms += 20)
      at(ms - 1980, (pacer) => {
        const data = ms < 3000 ? LOUD : SILENT;
        for (const mediaTimeMs of [ms, ms + 10]) pacer.push({ data, mediaTimeMs });
      });
  }, 2010);
  expect(gone.filter(({ mediaTimeMs }) => mediaTimeMs < 1590)).toEqual([]);
  const last = gone.at(-1)!;
  expect(last.outMs + 1980 - last.mediaTimeMs).toBeLessThanOrEqual(40);
});

it('gives back in pauses what no stall has needed for seconds, and nothing of the voice', () => {
  const gone = run((at) => {
    // A stall of 30 ms, and in time ever after, 20 ms at once; 8 s of voice, then a pause.
    at(30, (pacer) => {
      for (let ms = 0; ms < 40; ms += 10) pacer.push({ data: LOUD, mediaTimeMs: ms });
    });
    for (let ms = 40; ms < 20_000; ms += 20)
      at(ms, (pacer) => {
        const data = ms < 8000 ? LOUD : SILENT;
        for (const mediaTimeMs of [ms, ms + 10]) pacer.push({ data, mediaTimeMs });
      });
  }, 20_000);
  expect(gone.filter(({ mediaTimeMs }) => mediaTimeMs < 8000)).toHaveLength(800);
  const lateMs = (from: number) =>
    Math.max(
      ...gone
        .filter((frame) => frame.mediaTimeMs >= from)
        .map(({ outMs, mediaTimeMs }) => outMs - mediaTimeMs),
    );
  expect(lateMs(7000)).toBe(30);
  expect(lateMs(19_000)).toBe(10);
});
