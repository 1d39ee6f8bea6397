import { afterAll, beforeAll, expect, it } from 'vitest';
import { SpeechTimeline } from '../../src/audio/speech-timeline.ts';
import { chooseJobs, type Job, makeMotion } from '../../src/engine/job.ts';
import { motionPlan } from '../../src/engine/latency-mode.ts';
import { MotionStream } from '../../src/engine/motion-stream.ts';
import { controlVector } from '../../src/model/control-vector.ts';
import { NEUTRAL_CONTROLS } from '../../src/model/controls.ts';
import { MotionModel } from '../../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { GraphLoader } from '../../src/model/providers.ts';

let model: MotionModel;
beforeAll(async () => {
  const pack = await loadPack(BUILTIN_PACK);
  model = await MotionModel.open(pack, await GraphLoader.choose('cpu', pack.graphFiles.motion));
});
afterAll(() => model.close());

const made: number[] = [];

/** A session that is ready for a block of so many frames. */
function motionJob(dueMs: number, block: number): Job {
  const plan = { ...motionPlan('balanced', model.manifest), block };
  const timeline = new SpeechTimeline(2);
  timeline.appendSilence(Math.round((block + plan.lookaheadFrames) * 1920));
  const stream = new MotionStream(model, timeline, { seed: 1, plan, catchUp: false });
  const controls = controlVector(NEUTRAL_CONTROLS, 'idle');
  const motion = { stream, controls, made: (frames: number) => made.push(frames) };
  return { dueMs, motion, run: () => makeMotion([motion]) };
}

const pictureJob = (dueMs: number): Job => ({ dueMs, run: async () => {} });

it('takes the most urgent job alone where it is a picture', () => {
  const jobs = new Map([
    ['a', motionJob(20, 2)],
    ['b', pictureJob(10)],
    ['c', pictureJob(11)],
  ]);
  expect(chooseJobs(jobs)).toEqual(['b']);
  expect(chooseJobs(new Map())).toEqual([]);
});

it('takes along who is ready for a block of the same size', async () => {
  const jobs = new Map([
    ['late', motionJob(30, 2)],
    ['first', motionJob(10, 2)],
    ['larger', motionJob(11, 5)],
    ['picture', pictureJob(12)],
  ]);
  const chosen = chooseJobs(jobs);
  expect(chosen).toEqual(['first', 'late']);
  await makeMotion(chosen.map((session) => jobs.get(session)!.motion!));
  expect(made).toEqual([2, 2]);
  expect(jobs.get('late')!.motion!.stream.nextFrame).toBe(2);
});

it('fills runs of few sizes', () => {
  const ready = (count: number) =>
    new Map(Array.from({ length: count }, (_, i) => [`${i}`, motionJob(i, 2)] as const));
  expect([1, 2, 3, 5, 8, 9].map((count) => chooseJobs(ready(count)).length)).toEqual([1, 2, 2, 4, 8, 8]);
});
