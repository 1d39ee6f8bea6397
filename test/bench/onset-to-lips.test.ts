import { describe, expect, it } from 'vitest';
import { delayRows, onsetToLips } from '../../bench/latency/browser-delay.ts';

const PERIOD_MS = 3200;
const SILENCE_MS = 2000;
const DELAY_MS = 160;

/** Calls of 1.2 s after 2 s of silence; the mouth moves `DELAY_MS` after each that is named. */
function watched(calls: number, moving: readonly number[]) {
  const times = (everyMs: number) =>
    Array.from({ length: Math.floor((calls * PERIOD_MS) / everyMs) }, (_, i) => i * everyMs);
  const call = (atMs: number) => Math.floor(atMs / PERIOD_MS);
  const loud = (atMs: number) => atMs >= 0 && atMs % PERIOD_MS >= SILENCE_MS;
  return {
    sound: times(4).map((atMs) => ({ atMs, loudness: loud(atMs) ? 0.2 : 0 })),
    pictures: times(40).map((atMs) => {
      const moves = loud(atMs - DELAY_MS) && moving.includes(call(atMs - DELAY_MS));
      return { atMs, mouth: Array(20).fill(moves ? 130 : 100) };
    }),
  };
}

describe('delay in a browser', () => {
  it('is measured from each call of the voice to the lips', () => {
    const delays = onsetToLips(watched(3, [0, 1, 2]));
    expect(delays).toEqual([DELAY_MS, DELAY_MS, DELAY_MS]);
    expect(delayRows('low', delays).map(({ value, met }) => [value, met])).toEqual([
      [DELAY_MS, undefined],
      [DELAY_MS, undefined],
    ]);
  });

  it('of lips that were not seen to move is not a number but a miss', () => {
    const delays = onsetToLips(watched(3, [1]));
    expect(delays).toEqual([undefined, DELAY_MS, undefined]);
    expect(delayRows('low', delays).at(-1)).toMatchObject({ value: 'in 2 of 3 calls', met: false });
    const none = delayRows('low', onsetToLips(watched(3, [])));
    expect(none.map(({ value, met }) => [value, met])).toEqual([['in 3 of 3 calls', false]]);
  });

  it('of a call that the recording has only a part of is not counted', () => {
    const { sound, pictures } = watched(3, [0, 1]);
    const from = (fromMs: number, toMs: number) => ({
      sound,
      pictures: pictures.filter(({ atMs }) => atMs >= fromMs && atMs < toMs),
    });
    expect(onsetToLips(from(SILENCE_MS - 200, 3 * PERIOD_MS))).toEqual([DELAY_MS, undefined]);
    expect(onsetToLips(from(0, 2 * PERIOD_MS + SILENCE_MS + 100))).toEqual([DELAY_MS, DELAY_MS]);
  });

  it('without a voice says so', () => {
    expect(delayRows('balanced', onsetToLips({ sound: [], pictures: [] }))).toEqual([
      expect.objectContaining({ value: 'no voice at the microphone', met: false }),
    ]);
  });
});
