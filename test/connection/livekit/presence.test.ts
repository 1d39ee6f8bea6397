import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Presence } from '../../../src/connection/livekit/presence.ts';
import type { RoomEnd } from '../../../src/connection/livekit/room-messages.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const tokenUntil = (ms: number) =>
  `a.${Buffer.from(JSON.stringify({ exp: ms / 1000 })).toString('base64url')}.c`;

function presence(token = tokenUntil(Date.now() + 3_600_000)) {
  const [joins, ends]: [string[], [string, string][]] = [[], []];
  const made = new Presence({
    token,
    join: (with_) => joins.push(with_),
    end: (why, { code }) => ends.push([why, code]),
  });
  made.begin();
  return { made, joins, ends };
}

describe('being in a room', () => {
  it.each([
    ['over', 'peer left', 'room_left'],
    ['refused', 'peer left', 'room_refused'],
    ['not allowed', 'connection lost', 'address_not_allowed'],
    ['flooded', 'abuse', 'room_flooded'],
    ['lost', 'connection lost', 'room_unreachable'],
  ] satisfies [RoomEnd, string, string][])('ends where it was never joined: %s', (why, reason, code) => {
    const { made, ends } = presence();
    made.left(why, 'detail');
    expect(ends).toEqual([[reason, code]]);
  });

  it('is tried again for a minute after the way was lost, with the newest token', () => {
    const { made, joins, ends } = presence();
    made.joined();
    made.sender(true);
    made.renew(tokenUntil(Date.now() + 7_200_000));
    for (let i = 0; i < 40 && ends.length === 0; i++) {
      made.left('lost', 'signal');
      vi.advanceTimersByTime(5000);
    }
    expect(joins.length).toBeGreaterThan(5);
    expect(new Set(joins).size).toBe(2);
    expect(joins.at(-1)).not.toBe(joins[0]);
    expect(ends).toEqual([['connection lost', 'room_unreachable']]);
  });

  it('is joined again at once where the process was lost, even before it was joined', () => {
    const { made, joins, ends } = presence();
    made.lost('killed');
    vi.advanceTimersByTime(500);
    expect(joins).toHaveLength(2);
    expect(ends).toEqual([]);
  });

  it('is not tried again with a token that has expired', () => {
    const { made, joins, ends } = presence(tokenUntil(Date.now() + 1000));
    made.joined();
    vi.advanceTimersByTime(2000);
    made.left('lost', 'signal');
    expect(joins).toHaveLength(1);
    expect(ends).toEqual([['connection lost', 'room_unreachable']]);
  });

  it('ends some time after its agent has gone, unless that comes back', () => {
    const { made, ends } = presence();
    made.joined();
    made.sender(true);
    made.sender(false);
    vi.advanceTimersByTime(9000);
    made.sender(true);
    vi.advanceTimersByTime(100_000);
    expect(ends).toEqual([]);
    made.sender(false);
    vi.advanceTimersByTime(11_000);
    expect(ends).toEqual([['peer left', 'room_left']]);
  });

  it('ends where no agent ever comes', () => {
    const { made, ends } = presence();
    made.joined();
    vi.advanceTimersByTime(59_000);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(2000);
    expect(ends).toEqual([['peer left', 'room_left']]);
  });
});
