import { RpcError } from '@livekit/rtc-node';
import { expect, it } from 'vitest';
import { NoticeSender } from '../../../../src/connection/livekit/process/notice-sender.ts';

type Answer = (method: string) => string;
function sender(answer: Answer) {
  const [calls, done]: [string[], number[]] = [[], []];
  const participant = {
    async performRpc({ destinationIdentity, method }: { destinationIdentity: string; method: string }) {
      calls.push(`${method} ${destinationIdentity}`);
      return answer(method);
    },
  };
  return { calls, done, notices: new NoticeSender(participant, (id) => done.push(id)) };
}
const STARTED = { method: 'lk.playback_started', payload: '' } as const;
const FINISHED = { method: 'lk.playback_finished', payload: '{}' } as const;
const fail = (code: number) => {
  throw new RpcError(code, 'failed');
};

it('tells one after the other, as soon as there is somebody to tell', async () => {
  const { calls, done, notices } = sender(() => 'ok');
  notices.send(1, STARTED);
  notices.send(2, FINISHED);
  expect(calls).toEqual([]);
  notices.sender = 'agent';
  await expect.poll(() => done).toEqual([1, 2]);
  expect(calls).toEqual(['lk.playback_started agent', 'lk.playback_finished agent']);
});

it('tries three times, but not where the sender does not want to know of starts', async () => {
  const { calls, done, notices } = sender(() => fail(RpcError.ErrorCode.UNSUPPORTED_METHOD));
  notices.sender = 'agent';
  notices.send(1, STARTED);
  notices.send(2, FINISHED);
  await expect.poll(() => done).toEqual([1, 2]);
  expect(calls).toEqual(['lk.playback_started agent', ...Array(3).fill('lk.playback_finished agent')]);
});

it('keeps what could not be told while the sender was away, and tells it when it is back', async () => {
  let away = true;
  const { calls, done, notices } = sender(() => (away ? fail(RpcError.ErrorCode.RECIPIENT_NOT_FOUND) : 'ok'));
  notices.sender = 'agent';
  notices.send(1, FINISHED);
  await expect.poll(() => calls.length).toBe(1);
  notices.sender = undefined;
  await expect.poll(() => calls.length).toBe(3);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(done).toEqual([]);
  away = false;
  notices.sender = 'agent';
  await expect.poll(() => done).toEqual([1]);
  expect(calls).toHaveLength(4);
});
