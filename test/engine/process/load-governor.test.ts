import { describe, expect, it } from 'vitest';
import { LoadGovernor, MACHINE_RUNGS, type SessionLoad } from '../../../src/engine/process/load-governor.ts';

/** A process whose sessions cost a fixed share at full rate, on a machine that others use too. */
function processOf(costs: Record<string, number>) {
  const governor = new LoadGovernor();
  const rungs = new Map<string, number>(Object.keys(costs).map((session) => [session, 0]));
  const cost = ({ step, scale }: (typeof MACHINE_RUNGS)[number]) => scale ** 2 / step;
  const second = (others: number, lateShare = 0) => {
    const loads: SessionLoad[] = [...rungs].map(([session, rung]) => ({
      session,
      rung,
      pictureShare: costs[session] * cost(MACHINE_RUNGS[rung]),
      lateShare,
    }));
    const busy = loads.reduce((sum, { pictureShare }) => sum + pictureShare, others);
    for (const { session, rung } of governor.decide(Math.min(1, busy), loads)) rungs.set(session, rung);
    return Object.fromEntries(rungs);
  };
  // The sessions have been there for a while.
  for (let i = 0; i < 10; i++) second(Number.NEGATIVE_INFINITY);
  const recoveryS = () => governor.recoveryS([...rungs.values()]);
  return { second, recoveryS };
}

describe('LoadGovernor', () => {
  it('leaves a process alone that keeps up', () => {
    const { second } = processOf({ a: 0.4, b: 0.4 });
    for (let i = 0; i < 100; i++) expect(second(0.1)).toEqual({ a: 0, b: 0 });
  });

  it('lets a single bad second pass', () => {
    const { second } = processOf({ a: 0.4 });
    for (let i = 0; i < 10; i++) {
      expect(second(0.6, 0.5)).toEqual({ a: 0 });
      expect(second(0.1)).toEqual({ a: 0 });
    }
  });

  it('lets the first seconds of a session pass', () => {
    const governor = new LoadGovernor();
    const late = (session: string): SessionLoad => ({ session, rung: 0, pictureShare: 0.2, lateShare: 0.5 });
    const seconds = [['a'], ['a'], ['a'], ['a', 'b'], ['a', 'b'], ['a', 'b'], ['a', 'b']];
    const changes = seconds.map((sessions) => governor.decide(0.5, sessions.map(late)).length);
    expect(changes).toEqual([0, 0, 0, 0, 0, 0, 2]);
  });

  it('takes pictures from the costliest session first, one step a second, until the process keeps up', () => {
    const { second } = processOf({ small: 0.3, large: 0.7 });
    expect(second(0.1)).toEqual({ small: 0, large: 0 });
    expect(second(0.1)).toEqual({ small: 0, large: 1 });
    expect(second(0.1)).toEqual({ small: 0, large: 1 });
    expect(second(0.45)).toEqual({ small: 0, large: 1 });
    expect(second(0.45)).toEqual({ small: 1, large: 1 });
    expect(second(0.55)).toEqual({ small: 1, large: 2 });
  });

  it('reduces all where pictures come very late, and none further than the last rung', () => {
    const { second } = processOf({ a: 0.5, b: 0.5 });
    for (const rung of [0, 1, 2, 3, 4, 4]) expect(second(0, 0.5)).toEqual({ a: rung, b: rung });
  });

  it('tells how many seconds of room it needs until all make full pictures again', () => {
    const { second, recoveryS } = processOf({ a: 0.5, b: 0.5 });
    expect(recoveryS()).toBe(0);
    for (let i = 0; i < 3; i++) second(0, 0.5);
    for (const rest of [4, 3, 2, 1]) {
      const forecastS = recoveryS();
      expect(forecastS).toBe(6 * rest);
      for (let i = 1; i < 6; i++) {
        second(-0.5);
        expect(recoveryS()).toBe(forecastS - i);
      }
      second(-0.5);
    }
    expect(recoveryS()).toBe(0);
  });

  it('goes back up only with lasting room, and waits longer where that was too much', () => {
    const { second } = processOf({ a: 0.5 });
    second(0.6);
    expect(second(0.6)).toEqual({ a: 1 });
    const secondsUntilUp = (others: number) => {
      for (let i = 1; i <= 300; i++) if (second(others).a === 0) return i;
      return Number.POSITIVE_INFINITY;
    };
    // 0.25 for the pictures of now, 0.25 more for the rest: no room beside 0.4.
    expect(secondsUntilUp(0.4)).toBe(Number.POSITIVE_INFINITY);
    const first = secondsUntilUp(0.2);
    expect(first).toBeGreaterThanOrEqual(3);
    second(0.6);
    expect(second(0.6)).toEqual({ a: 1 });
    const again = secondsUntilUp(0.2);
    expect(again).toBeGreaterThanOrEqual(2 * first - 1);
  });

  it('does not touch sessions that nobody watches', () => {
    const { second } = processOf({ unseen: 0 });
    for (let i = 0; i < 5; i++) expect(second(1)).toEqual({ unseen: 0 });
  });
});
