import { describe, expect, it } from 'vitest';
import { PacketLog } from '../../../../src/connection/webrtc/congestion/packet-log.ts';

function logOf(count: number): PacketLog {
  const log = new PacketLog();
  for (let i = 0; i < count; i++) log.sent({ sequence: i, bytes: 1000, sentAtMs: i * 10 });
  return log;
}

const take = (log: PacketLog, packets: { sequence: number; receivedAtMs?: number }[]) =>
  log.take({ feedbackCount: 0, packets });
const received = (sequence: number) => ({ sequence, receivedAtMs: 1000 + sequence * 10 });

describe('PacketLog', () => {
  it('tells of each packet once', () => {
    const log = logOf(3);
    expect(take(log, [received(0), received(1)]).map(({ sentAtMs }) => sentAtMs)).toEqual([0, 10]);
    expect(take(log, [received(0), received(1), received(2)]).map(({ sentAtMs }) => sentAtMs)).toEqual([20]);
  });

  it('takes a packet for lost only when others have overtaken it for long', () => {
    const log = logOf(40);
    expect(take(log, [{ sequence: 0 }, { sequence: 1 }, received(2)])).toHaveLength(1);
    expect(take(log, [received(1)])).toMatchObject([{ sentAtMs: 10, receivedAtMs: 1010 }]);
    expect(take(log, [received(30)])).toEqual([
      { bytes: 1000, sentAtMs: 300, receivedAtMs: 1300 },
      { bytes: 1000, sentAtMs: 0, receivedAtMs: undefined },
    ]);
  });

  it('does not take a resend for lost that the receiver had no use for', () => {
    const log = new PacketLog();
    log.sent({ sequence: 0, bytes: 1000, sentAtMs: 0, resend: true });
    log.sent({ sequence: 1, bytes: 1000, sentAtMs: 10, resend: true });
    log.sent({ sequence: 2, bytes: 1000, sentAtMs: 300 });
    expect(take(log, [{ sequence: 0 }, received(1), received(2)]).map(({ sentAtMs }) => sentAtMs)).toEqual([
      10, 300,
    ]);
  });

  it('knows nothing of packets whose feedback was lost', () => {
    expect(take(logOf(40), [received(30)])).toHaveLength(1);
  });

  it('knows since when it has heard nothing', () => {
    const log = logOf(3);
    expect(log.waitingSinceMs).toBe(0);
    take(log, [received(1)]);
    expect(log.waitingSinceMs).toBe(20);
    take(log, [received(2)]);
    expect(log.waitingSinceMs).toBeUndefined();
  });
});
