import { expect, it } from 'vitest';
import { CUES } from '../../../src/audio/voice-activity/speech-cues.ts';
import { type Controls, NEUTRAL_CONTROLS } from '../../../src/contract/controls.ts';
import { CHANNEL, MOTION_SIZE } from '../../../src/contract/motion-frame.ts';
import type { MotionStream } from '../../../src/engine/process/motion-stream.ts';
import { SessionState } from '../../../src/engine/process/session-state.ts';
import { HeadControl } from '../../../src/model/control-vector.ts';

const motion = { nextFrame: 0, hear: (cues?: Float32Array) => ({ cues }) } as unknown as MotionStream;
const hears = (seed = 1) => {
  // A model that looks 0.1 too high while it listens at nobody.
  const head = new HeadControl({ blocks: [2], motion: { gazePitch: [[0, 0.1, 0]] } }, 2);
  const state = new SessionState(seed, head);
  const cues = new Float32Array(CUES.length).fill(0);
  cues[CUES.indexOf('microphone')] = cues[CUES.indexOf('voice')] = 1;
  state.noticeUser({ heard: { talking: true, cues } }, 0);
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

it('tells the model of about every third pause, in which its brows rise, and of all else', () => {
  const [pause, turn] = [CUES.indexOf('pause'), CUES.indexOf('turn')];
  const told = Array.from({ length: 200 }, (_, seed) => {
    const state = hears(seed);
    const cues = new Float32Array(CUES.length).fill(0);
    cues[pause] = cues[turn] = 1;
    state.noticeUser({ heard: { talking: true, cues } }, 0);
    return state.controlVector(NEUTRAL_CONTROLS, motion).slice(17);
  });
  const pauses = told.filter((one) => one[pause] === 1).length;
  expect(pauses).toBeGreaterThan(45);
  expect(pauses).toBeLessThan(95);
  expect(told.filter((one) => one[pause] === 0).length).toBe(200 - pauses);
  expect(told.every((one) => one[turn] === 1)).toBe(true);

  const laughter = CUES.indexOf('laughter');
  const laughs = (emotion: Controls['emotion']) => {
    const state = hears();
    const cues = new Float32Array(CUES.length).fill(1);
    state.noticeUser({ heard: { talking: true, cues } }, 0);
    return state.controlVector({ ...NEUTRAL_CONTROLS, emotion }, motion)[17 + laughter];
  };
  expect([laughs('voice'), laughs({ happy: 1 }), laughs({ afraid: 0.5 })]).toEqual([1, 1, 0]);
});

it('answers a user whom it sees, as long as it sees them', () => {
  const state = new SessionState(1, new HeadControl({ blocks: [2], motion: {} }, 2));
  const smileAt = (nowMs: number) => {
    state.update(nowMs, { wanted: 'auto', speaking: false });
    state.controlVector(NEUTRAL_CONTROLS, { ...motion, nextFrame: nowMs / 40 } as MotionStream);
    const at = { frame: nowMs / 40, seconds: 0.04 };
    return state.steer(new Float32Array(MOTION_SIZE), NEUTRAL_CONTROLS, at)[CHANNEL.mouthSmileLeft];
  };
  const shown = Array.from({ length: 200 }, (_, i) => {
    if (i < 75) state.noticeUser({ seen: { timeMs: 40 * i, smile: 0.8 } }, 40 * i);
    return smileAt(40 * i);
  });
  expect(shown[5]).toBe(0);
  expect(shown[74]).toBeGreaterThan(0.2);
  expect(shown[199]).toBeLessThan(0.05);
});
