import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pacer } from '../../../src/connection/webrtc/pacer.ts';

interface Packet {
  id: number;
  payload: Uint8Array;
}

const packets = (count: number, bytes = 1200): Packet[] =>
  Array.from({ length: count }, (_, id) => ({ id, payload: new Uint8Array(bytes) }));

describe('Pacer', () => {
  const sent: { id: number; atMs: number }[] = [];
  let startMs = 0;

  beforeEach(() => {
    vi.useFakeTimers();
    sent.length = 0;
    startMs = performance.now();
  });
  afterEach(() => vi.useRealTimers());

  const pacer = (bitrateKbps: number) =>
    new Pacer<Packet>(bitrateKbps, ({ id }) => sent.push({ id, atMs: performance.now() - startMs }));

  it('sends a small picture at once', () => {
    pacer(1000).push(packets(2));
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 0]);
  });

  it('spreads a large one, in order, over no more than 200 ms', () => {
    // 48 kB at 500 kbit/s would take 307 ms.
    const pace = pacer(500);
    pace.push(packets(40));
    expect(sent.length).toBeLessThan(4);
    vi.advanceTimersByTime(100);
    expect(sent.length).toBeGreaterThan(15);
    expect(sent.length).toBeLessThan(30);
    vi.advanceTimersByTime(104);
    expect(sent.map(({ id }) => id)).toEqual(packets(40).map(({ id }) => id));
    expect(pace.queuedBytes).toBe(0);
    // No tick sends more than a few.
    const perTick = Map.groupBy(sent, ({ atMs }) => atMs);
    expect(Math.max(...[...perTick.values()].map((group) => group.length))).toBeLessThanOrEqual(3);
  });

  it('keeps to 2.5 times the bitrate when there is time', () => {
    // 9.6 kB at 5 Mbit/s: 1562 bytes a millisecond, so 6 ms.
    pacer(5000).push(packets(8));
    vi.advanceTimersByTime(3);
    expect(sent.length).toBeLessThan(8);
    vi.advanceTimersByTime(5);
    expect(sent.length).toBe(8);
  });

  it('sends nothing more once it is closed', () => {
    const pace = pacer(500);
    pace.push(packets(40));
    const before = sent.length;
    pace.close();
    vi.advanceTimersByTime(100);
    expect(sent.length).toBe(before);
    expect(vi.getTimerCount()).toBe(0);
  });
});
