import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openEnginelessSession } from '../support/engineless-session.ts';

it('one performer at a time moves the face: the next one once nothing of the first has come for a second', async () => {
  const { session, motion } = await openEnginelessSession();
  const [first, second] = [{}, {}];
  expect(session.setMotion({ timeMs: 1 }, first)).toBe(true);
  expect(session.setMotion({ timeMs: 2 }, second)).toBe(false);
  expect(session.setMotion({ timeMs: 3 }, first)).toBe(true);
  expect(motion.map(({ timeMs }) => timeMs)).toEqual([1, 3]);
  await sleep(1050);
  expect(session.setMotion({ timeMs: 4 }, second)).toBe(true);
  expect(session.setMotion({ timeMs: 5 }, first)).toBe(false);
  session.close();
});

it('one user at a time is seen', async () => {
  const { session, noticed } = await openEnginelessSession();
  const [first, second] = [{}, {}];
  session.seeUser({ timeMs: 1, smile: 0.5 }, first);
  session.seeUser({ timeMs: 2, smile: 0.1 }, second);
  session.seeUser({ timeMs: 3 }, first);
  expect(noticed).toEqual([{ seen: { timeMs: 1, smile: 0.5 } }, { seen: { timeMs: 3 } }]);
  session.close();
});
