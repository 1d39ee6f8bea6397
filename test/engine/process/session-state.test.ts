import { expect, it } from 'vitest';
import { CUES } from '../../../src/audio/voice-activity/speech-cues.ts';
import { NEUTRAL_CONTROLS } from '../../../src/contract/controls.ts';
import type { MotionStream } from '../../../src/engine/process/motion-stream.ts';
import { SessionState } from '../../../src/engine/process/session-state.ts';

const motion = { nextFrame: 0, hear: (cues?: Float32Array) => ({ cues }) } as unknown as MotionStream;
const hears = () => {
  const state = new SessionState(1);
  const cues = new Float32Array(CUES.length).fill(0);
  cues[CUES.indexOf('microphone')] = cues[CUES.indexOf('voice')] = 1;
  state.hearUser({ talking: true, cues }, 0);
  state.update(0, { wanted: 'auto', speaking: false });
  return state;
};

it('directs the eyes to the user who talks, and shows the head with them', () => {
  const state = hears();
  expect(state.directed(NEUTRAL_CONTROLS)).toBe(NEUTRAL_CONTROLS);
  expect([...state.controlVector(NEUTRAL_CONTROLS, motion).slice(0, 3)]).toEqual([0, 0, 1]);
  expect(state.directed(NEUTRAL_CONTROLS).gaze).toEqual({ yaw: 0, pitch: 0 });
});

it('leaves them where a caller directed them', () => {
  const state = hears();
  const controls = { ...NEUTRAL_CONTROLS, gaze: { yaw: 0.25, pitch: 0 } };
  expect([...state.controlVector(controls, motion).slice(0, 3)]).toEqual([0.25, 0, 1]);
  expect(state.directed(controls)).toBe(controls);
});
