import { describe, expect, it } from 'vitest';
import { VideoLanes } from '../../src/session/video-lanes.ts';

/** Lanes whose clock the test turns, a quarter of a second at a time. */
function lanesAt(wishes: Record<string, number>, contentKbps = Number.POSITIVE_INFINITY) {
  // Pictures use what they may, but not more than there is in them.
  const lanes: VideoLanes<string> = new VideoLanes((lane) => {
    const rate = lanes.lanes.find((used) => used.lane === lane)?.bitrateKbps;
    return rate && Math.min(contentKbps, rate);
  });
  for (const [name, kbps] of Object.entries(wishes)) lanes.join(name, kbps);
  let nowMs = 0;
  const run = (ms: number) => {
    const moves: string[] = [];
    for (const untilMs = nowMs + ms; nowMs < untilMs; nowMs += 250) moves.push(...lanes.update(nowMs));
    return moves;
  };
  const rateOf = (name: string) =>
    lanes.lanes.find(({ lane }) => lane === lanes.laneOf(name))?.bitrateKbps ?? Number.NaN;
  return { lanes, run, rateOf };
}

describe('VideoLanes', () => {
  it('give one taker what it asks for, however little', () => {
    const { lanes, run, rateOf } = lanesAt({ alone: 1500 });
    for (const kbps of [1500, 150, 900]) {
      lanes.setWish('alone', kbps);
      expect(run(10_000)).toEqual([]);
      expect(rateOf('alone')).toBe(kbps);
    }
    expect(lanes.lanes).toHaveLength(1);
  });

  it('follow the slowest of several that carry about the same', () => {
    const { lanes, run, rateOf } = lanesAt({ a: 1500, b: 1500, c: 1000 });
    expect(run(30_000)).toEqual([]);
    expect(rateOf('a')).toBe(1000);
    lanes.leave('c');
    expect(rateOf('a')).toBe(1500);
  });

  it('part with one that has been far slower for two seconds, and take it back once it carries what they get', () => {
    const { lanes, run, rateOf } = lanesAt({ a: 1500, b: 1500, slow: 1500 });
    lanes.setWish('slow', 300);
    expect(run(1500)).toEqual([]);
    expect(rateOf('a')).toBe(300);
    expect(run(1000)).toEqual(['slow']);
    expect([rateOf('a'), rateOf('slow')]).toEqual([1500, 300]);
    lanes.setWish('slow', 1200);
    expect(run(8000)).toEqual([]);
    lanes.setWish('slow', 1300);
    expect(run(5000)).toEqual(['slow']);
    expect([rateOf('a'), rateOf('slow'), lanes.lanes.length]).toEqual([1300, 1300, 1]);
  });

  it('bear with a short hole in a network', () => {
    const { lanes, run } = lanesAt({ a: 1500, b: 1500 });
    for (let i = 0; i < 5; i++) {
      lanes.setWish('b', 300);
      expect(run(1500)).toEqual([]);
      lanes.setWish('b', 1000);
      expect(run(1000)).toEqual([]);
    }
  });

  it('put a new one with little to begin with apart at once: nobody else loses anything', () => {
    const { lanes, rateOf, run } = lanesAt({ a: 1500, fresh: 300 });
    expect([rateOf('a'), rateOf('fresh')]).toEqual([1500, 300]);
    // What is left when the others go is one lane, without a change for who is in it.
    lanes.leave('a');
    expect(run(5000)).toEqual([]);
    lanes.join('b', 280);
    expect([rateOf('fresh'), lanes.lanes.length]).toEqual([280, 1]);
  });

  it('part with nobody who carries what the pictures really use', () => {
    const { lanes, run, rateOf } = lanesAt({ a: 1500 }, 240);
    lanes.join('fresh', 300);
    expect([rateOf('a'), lanes.lanes.length]).toEqual([300, 1]);
    expect(run(10_000)).toEqual([]);
    lanes.setWish('fresh', 200);
    expect(run(3000)).toEqual(['fresh']);
    // Half as much again as is sent to it: it never gets to what the other one may have.
    lanes.setWish('fresh', 310);
    expect(run(5000)).toEqual(['fresh']);
    expect(lanes.lanes).toHaveLength(1);
  });

  /** Wishes as congestion control has them: up to what the network carries, and half as much again as is sent. */
  function follow(carries: Record<string, number>, seconds: number) {
    const { lanes, run, rateOf } = lanesAt({ fast: 1500 });
    for (const name of Object.keys(carries)) lanes.join(name, 300);
    const wishes = Object.fromEntries(Object.keys(carries).map((name) => [name, 300]));
    const rates: Record<string, number[]> = { fast: [] };
    for (let ms = 0; ms < seconds * 1000; ms += 250) {
      rates.fast.push(rateOf('fast'));
      for (const [name, capacity] of Object.entries(carries)) {
        const sent = lanes.laneOf(name) === lanes.laneOf('fast') ? rateOf('fast') : rateOf(name);
        const grown = Math.min(1.35 ** 0.25 * wishes[name], Math.max(wishes[name], 1.5 * sent));
        wishes[name] = sent > capacity ? 0.85 * capacity : Math.min(capacity, grown);
        lanes.setWish(name, wishes[name]);
      }
      run(250);
    }
    return { rates, rateOf };
  }

  it('let nobody be stuck beside one that is slower still: what it carries is tried', () => {
    const { rates, rateOf } = follow({ verySlow: 200, quick: 5000 }, 60);
    expect(rateOf('quick')).toBe(1500);
    expect(rateOf('verySlow')).toBeLessThanOrEqual(200);
    expect(Math.min(...rates.fast)).toBeGreaterThanOrEqual(1200);
  });

  it('try less and less often what fails, and the others feel nothing of it', () => {
    const { rates, rateOf } = follow({ verySlow: 200, slow: 500 }, 120);
    expect(rateOf('slow')).toBeLessThanOrEqual(500);
    expect(Math.min(...rates.fast)).toBe(1500);
  });
});
