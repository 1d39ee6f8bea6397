import { pack } from 'msgpackr';
import { expect, it } from 'vitest';
import { readMessage } from '../../src/connection/read-message.ts';

const failure = (data: Uint8Array) => {
  try {
    readMessage(data);
  } catch (cause) {
    return cause as { code: string; detail: string };
  }
  throw new Error('nothing was thrown');
};

it('says what is wrong, in few words however much is wrong', () => {
  expect(failure(Uint8Array.of(0xc1, 0xff))).toMatchObject({
    code: 'invalid_message',
    detail: 'not a MessagePack map',
  });
  expect(failure(pack({ type: 'ping', id: 'x' })).detail).toMatch(/^id: /);
  const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key${i}`, 1]));
  expect(failure(pack({ type: 'interrupt', ...keys })).detail.length).toBeLessThanOrEqual(200);
});
