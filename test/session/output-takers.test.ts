import { expect, it } from 'vitest';
import { OutputTakers } from '../../src/session/output-takers.ts';

it('makes what anybody takes, and goes on with it when another one takes less or leaves', () => {
  const outputs = new OutputTakers();
  const webrtc = {};
  const socket = {};
  expect(outputs.set(webrtc, { video: true, voice: true })).toEqual({
    video: true,
    voice: true,
    motion: false,
  });
  // A program that only wants the motion must not take the picture from the browser beside it.
  const both = { video: true, voice: true, motion: true };
  expect(outputs.set(socket, { video: false, voice: false, motion: true })).toEqual(both);
  expect(outputs.set(webrtc, { video: true })).toEqual(both);
  expect(outputs.set(socket, { motion: false })).toEqual({ video: true, voice: true, motion: false });
  expect(outputs.set(webrtc, { video: false, voice: false })).toEqual({
    video: false,
    voice: false,
    motion: false,
  });
});
