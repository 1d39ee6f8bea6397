import { expect, it } from 'vitest';
import { KeyFrameGate } from '../../../src/connection/webrtc/key-frame-gate.ts';

it('KeyFrameGate passes one request per 300 ms on', () => {
  let requests = 0;
  const gate = new KeyFrameGate(() => requests++);
  for (let nowMs = 0; nowMs < 1000; nowMs += 20) gate.ask(nowMs);
  expect(requests).toBe(4);
});
