import { expect, it } from 'vitest';
import { SeenUser } from '../../../src/engine/process/seen-user.ts';
import { randomNumbers } from '../../../src/random.ts';

const DEGREES = Math.PI / 180;
/** A tracker is off by so much from picture to picture. */
const NOISE = 0.5 * DEGREES;
const random = randomNumbers(1);

/** What is seen after so many seconds at a rate, of a head that does this. */
function seen(
  seconds: number,
  head: (atS: number) => { yaw?: number; pitch?: number },
  { rateHz = 30, smile = 0 } = {},
) {
  const user = new SeenUser();
  for (let i = 0; i < seconds * rateHz; i++) {
    const timeMs = (1000 * i) / rateHz;
    const { yaw = 0, pitch = 0 } = head(timeMs / 1000);
    const noise = () => NOISE * (2 * random() - 1);
    user.take({ timeMs, head: { yaw: yaw + noise(), pitch: pitch + noise() }, smile }, timeMs);
  }
  return user.at(1000 * seconds)!;
}

/** A nod of some degrees and seconds that begins at a time. */
const nod = (atS: number, beginS: number, degrees: number, forS: number) => {
  const phase = (atS - beginS) / forS;
  return phase > 0 && phase < 1 ? degrees * DEGREES * Math.sin(Math.PI * phase) ** 2 : 0;
};

it.each([10, 15, 30, 60])('counts nods, and no other motion, at %i pictures a second', (rateHz) => {
  const twice = (atS: number) => ({ pitch: nod(atS, 1, 9, 0.5) + nod(atS, 3, 7, 0.7) });
  expect(seen(5, twice, { rateHz }).nods).toBe(2);
  expect(seen(60, () => ({}), { rateHz }).nods).toBe(0);
  // Down to the keyboard for two seconds, a slow bow, a shake, a look up.
  const others = (atS: number) => ({
    yaw: 12 * DEGREES * Math.sin(8 * atS),
    pitch:
      15 * DEGREES * Math.min(1, Math.max(0, Math.min(4 * (atS - 1), 4 * (3.5 - atS)))) +
      nod(atS, 5, 10, 4) -
      nod(atS, 11, 8, 0.6),
  });
  expect(seen(14, others, { rateHz }).nods).toBe(0);
});

it('counts looks that come back after long, and forgets a face that is gone', () => {
  const away = (forS: number) => (atS: number) => ({ yaw: atS > 1 && atS < 1 + forS ? 0.6 : 0.1 });
  expect(seen(6, away(3)).returns).toBe(1);
  expect(seen(6, away(0.7)).returns).toBe(0);
  expect(seen(6, (atS) => ({ pitch: atS < 3 ? 0.5 : 0 })).returns).toBe(1);

  const user = new SeenUser();
  expect(user.at(0)).toBeUndefined();
  user.take({ timeMs: 0, head: { yaw: 0, pitch: 0 }, smile: 0.8 }, 0);
  expect(user.at(10)).toEqual({ nods: 0, returns: 0, smile: 0.8 });
  user.take({ timeMs: 40 }, 40);
  expect(user.at(50)?.smile).toBe(0);
  expect(user.at(1100)).toBeUndefined();
});
