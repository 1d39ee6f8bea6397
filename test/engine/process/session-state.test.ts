import { expect, it } from 'vitest';
import { CUES } from '../../../src/audio/voice-activity/speech-cues.ts';
import { NEUTRAL_CONTROLS } from '../../../src/contract/controls.ts';
import { CHANNEL, MOTION_SIZE } from '../../../src/contract/motion-frame.ts';
import type { MotionStream } from '../../../src/engine/process/motion-stream.ts';
import { SessionState } from '../../../src/engine/process/session-state.ts';
import { HeadControl } from '../../../src/model/control-vector.ts';

const motion = { nextFrame: 0, hear: (cues?: Float32Array) => ({ cues }) } as unknown as MotionStream;
const hears = () => {
  // A model that looks 0.1 too high while it listens at nobody.
  const head = new HeadControl({ blocks: [2], motion: { gazePitch: [[0, 0.1, 0]] } }, 2);
  const state = new SessionState(1, head);
  const cues = new Float32Array(CUES.length).fill(0);
  cues[CUES.indexOf('microphone')] = cues[CUES.indexOf('voice')] = 1;
  state.hearUser({ talking: true, cues }, 0);
  state.update(0, { wanted: 'auto', speaking: false });
  return state;
};

const pitch = (state: SessionState) => {
  const shown = state.steer(new Float32Array(MOTION_SIZE), NEUTRAL_CONTROLS, { frame: 0, seconds: 0.04 });
  return shown[CHANNEL.headPitch];
};

it('directs the eyes to the user who talks, and then leaves the head where it is', () => {
  const state = hears();
  expect([...state.controlVector(NEUTRAL_CONTROLS, motion).slice(0, 3)]).toEqual([0, 0, 1]);
  expect(pitch(state)).toBe(0);
  expect(pitch(hears())).toBeGreaterThan(0.05);
});

it('leaves them where a caller directed them', () => {
  const controls = { ...NEUTRAL_CONTROLS, gaze: { yaw: 0.25, pitch: 0 } };
  expect([...hears().controlVector(controls, motion).slice(0, 3)]).toEqual([0.25, 0, 1]);
});
