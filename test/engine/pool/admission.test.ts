import { describe, expect, it } from 'vitest';
import { squareFormat } from '../../../src/contract/formats.ts';
import { DEFAULT_SETTINGS } from '../../../src/contract/session-settings.ts';
import { Admission, type Loaded } from '../../../src/engine/pool/admission.ts';
import { SessionCost } from '../../../src/engine/pool/session-cost.ts';
import { SessionLifetimes } from '../../../src/engine/pool/session-lifetimes.ts';
import { workOf } from '../../../src/engine/pool/session-work.ts';
import { VultusError } from '../../../src/errors.ts';

const session = (size: number) =>
  workOf({ ...DEFAULT_SETTINGS, ...squareFormat(size), avatarId: 'test', seed: 1 });
const SHARE = new SessionCost().share(session(512));

function node(sessions: number, state: Partial<Loaded> = {}): Loaded {
  return { busy: 0, recoveryS: 0, work: Array(sessions).fill(session(512)), ...state };
}

/** Room for two sessions of 512 pixels on each node. */
function admission(running: number) {
  const lifetimes = new SessionLifetimes(() => 0);
  for (let i = 0; i < running; i++) lifetimes.started(`${i}`);
  return new Admission(2.1 * SHARE, lifetimes);
}

function refusal(choose: () => unknown): VultusError {
  try {
    choose();
  } catch (cause) {
    if (cause instanceof VultusError) return cause;
  }
  throw new Error('it was taken');
}

describe('Admission', () => {
  it('chooses the node with the most room', () => {
    const [full, free, empty] = [node(2), node(1), node(0)];
    expect(admission(3).choose([full, free], session(512))).toBe(free);
    expect(admission(3).choose([full, empty, free], session(1024))).toBe(empty);
    expect(() => admission(0).choose([], session(512))).toThrow(
      expect.objectContaining({ code: 'engine_failed' }),
    );
  });

  it('says when the next session can be expected to end', () => {
    const full = refusal(() => admission(4).choose([node(2), node(2)], session(512)));
    expect(full).toMatchObject({ code: 'at_capacity', status: 503, retryAfterS: 30 });
    expect(full.detail).toMatch(/would need \d+ % of its time/);
  });

  it('waits for as many ends as a costly session needs, and never longer than two minutes', () => {
    const large = (running: number) =>
      refusal(() => admission(running).choose([node(2)], session(1024))).retryAfterS;
    expect([large(8), large(4), large(2), large(1)]).toEqual([30, 60, 120, 120]);
  });

  it('waits for the end of an overload where there would be room without it', () => {
    const choose = (state: Partial<Loaded>) =>
      refusal(() => admission(1).choose([node(1, state)], session(512))).retryAfterS;
    expect(choose({ recoveryS: 14 })).toBe(14);
    expect(choose({ busy: 1 })).toBe(5);
    expect(choose({ recoveryS: 400 })).toBe(120);
  });

  it('waits for both where neither is enough', () => {
    const choose = (recoveryS: number) =>
      refusal(() => admission(8).choose([node(2, { recoveryS })], session(512))).retryAfterS;
    expect([choose(6), choose(40)]).toEqual([15, 40]);
  });

  it('never says less than a second', () => {
    expect(admission(1000).refusal('full').retryAfterS).toBe(1);
  });

  it('takes a large session alone, or where there is room for all of it, and not from the cores of others', () => {
    const large = workOf({ ...DEFAULT_SETTINGS, ...squareFormat(1024), fps: 60, avatarId: 'test', seed: 1 });
    const [empty, other] = [node(0), node(1)];
    const choose = (nodes: Loaded[], options?: { moves: boolean }) =>
      admission(1).choose(nodes, large, options);
    expect(choose([empty, node(0)])).toBe(empty);
    expect(refusal(() => choose([empty, other]))).toMatchObject({ code: 'at_capacity', retryAfterS: 120 });
    // It runs already, and has lost its process.
    expect(choose([empty, other], { moves: true })).toBe(empty);
    const many = [other, ...Array.from({ length: 7 }, () => node(0))];
    expect(choose(many).work).toEqual([]);
    expect(admission(1).choose([empty, other], session(512))).toBe(empty);
  });
});
