import { describe, expect, it } from 'vitest';
import { SessionLifetimes } from '../../../src/engine/pool/session-lifetimes.ts';

function lifetimes() {
  let nowS = 0;
  const of = new SessionLifetimes(() => nowS * 1000);
  return { of, passes: (seconds: number) => (nowS += seconds) };
}

describe('SessionLifetimes', () => {
  it('guesses two minutes before it has seen any end', () => {
    const { of } = lifetimes();
    expect(of.meanS).toBe(120);
    of.started('a');
    of.started('b');
    expect([of.expectedS(1), of.expectedS(2)]).toEqual([60, 120]);
  });

  it('learns from sessions that have ended, and forgets those of long ago', () => {
    const { of, passes } = lifetimes();
    const run = (seconds: number, times: number) => {
      for (let i = 0; i < times; i++) {
        of.started('x');
        passes(seconds);
        of.ended('x');
        of.ended('x');
      }
    };
    run(10, 32);
    expect(of.meanS).toBe(10);
    run(30, 16);
    expect(of.meanS).toBe(20);
    of.ended('nobody');
    expect(of.meanS).toBe(20);
  });

  it('counts the time of sessions that go on: they do not look short because only short ones have ended', () => {
    const { of, passes } = lifetimes();
    of.started('long');
    for (let i = 0; i < 32; i++) {
      of.started('short');
      passes(10);
      of.ended('short');
    }
    // 320 s of the short ones and 320 s of the long one, for 32 ends.
    expect(of.meanS).toBe(20);
  });
});
