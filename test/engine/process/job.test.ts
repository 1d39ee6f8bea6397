import { afterAll, beforeAll, expect, it } from 'vitest';
import { SpeechTimeline } from '../../../src/audio/speech-timeline.ts';
import { NEUTRAL_CONTROLS } from '../../../src/contract/controls.ts';
import { squareFormat } from '../../../src/contract/formats.ts';
import { chooseJobs, type Job, makeMotion, makePicture, runJobs } from '../../../src/engine/process/job.ts';
import { motionPlan } from '../../../src/engine/process/motion-plan.ts';
import { MotionStream } from '../../../src/engine/process/motion-stream.ts';
import { controlVector } from '../../../src/model/control-vector.ts';
import { MotionModel } from '../../../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';

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
  const motion = { stream, controls: () => controls, made: (frames: number) => made.push(frames) };
  return { dueMs, motion, run: () => makeMotion(motion) };
}

const pictureJob = (dueMs: number): Job => ({ dueMs, run: async () => {} });

it('takes the most urgent job alone where it is a picture', () => {
  const jobs = new Map([
    ['a', motionJob(20, 2)],
    ['b', pictureJob(10)],
    ['c', pictureJob(11)],
  ]);
  expect(chooseJobs(jobs, jobs.size, 'cpu')).toEqual(['b']);
  expect(chooseJobs(new Map(), 1, 'cpu')).toEqual([]);
});

it('takes along who is ready for a block of the same size', async () => {
  const jobs = new Map([
    ['late', motionJob(30, 2)],
    ['first', motionJob(10, 2)],
    ['larger', motionJob(11, 5)],
    ['picture', pictureJob(12)],
  ]);
  const chosen = chooseJobs(jobs, jobs.size, 'cpu');
  expect(chosen).toEqual(['first', 'late']);
  await runJobs(chosen.map((session) => jobs.get(session)!));
  expect(made).toEqual([2, 2]);
  expect(jobs.get('late')!.motion!.stream.nextFrame).toBe(2);
});

it('lets motion wait for who is not ready yet, but not longer than it may', () => {
  const jobs = new Map([
    ['early', { ...motionJob(10, 2), awaitsCompany: true }],
    ['overdue', motionJob(20, 2)],
  ]);
  expect(chooseJobs(jobs, 3, 'cpu')).toEqual(['overdue']);
  expect(chooseJobs(jobs, 2, 'cpu')).toEqual(['early', 'overdue']);
  jobs.delete('overdue');
  expect(chooseJobs(jobs, 2, 'cpu')).toEqual([]);
  expect(chooseJobs(jobs, 1, 'cpu')).toEqual(['early']);
});

it('finds out who is to blame where a run of several fails, and lets the others go on, once', async () => {
  const jobs = [motionJob(1, 2), motionJob(2, 2), motionJob(3, 2)];
  jobs[1].motion!.controls = () => new Float32Array(1000);
  jobs[2].motion!.made = () => {
    throw new Error('made');
  };
  made.length = 0;
  const results = await runJobs(jobs);
  expect(results.map((result) => result.status === 'rejected' && result.reason.message)).toEqual([
    false,
    expect.stringContaining('motion model failed'),
    'made',
  ]);
  expect(results[1]).toMatchObject({ reason: { code: 'motion_failed' } });
  expect(made).toEqual([2]);
  expect(jobs.map(({ motion }) => motion!.stream.nextFrame)).toEqual([2, 0, 2]);
});

it('fills runs of few sizes where engines are built for each, and of any on processors', () => {
  const ready = (count: number) =>
    new Map(Array.from({ length: count }, (_, i) => [`${i}`, motionJob(i, 2)] as const));
  const sizes = (provider: 'tensorrt' | 'cpu') =>
    [1, 2, 3, 5, 8, 9].map((count) => chooseJobs(ready(count), count, provider).length);
  expect(sizes('tensorrt')).toEqual([1, 2, 2, 4, 8, 8]);
  expect(sizes('cpu')).toEqual([1, 2, 3, 5, 8, 8]);
});

const log: string[] = [];

/** A picture that is drawn in one run with others. */
function sharedPicture(name: string, dueMs: number, size: number, broken?: 'drawing' | 'encoding'): Job {
  const fail = (at: string) => {
    if (broken === at) throw new Error(`${at} ${name}`);
  };
  const picture = {
    format: squareFormat(size),
    draw: async () => {
      log.push(`draw ${name}`);
      fail('drawing');
    },
    drawn: (workMs: number) => {
      fail('encoding');
      log.push(`${name} drawn, ${workMs >= 0}`);
    },
  };
  return { dueMs, picture, run: () => makePicture(picture) };
}

it('takes along pictures of the same size where they can be drawn together, and no motion', () => {
  const jobs = new Map([
    ['a', sharedPicture('a', 10, 512)],
    ['b', sharedPicture('b', 12, 256)],
    ['c', sharedPicture('c', 13, 512)],
    ['motion', motionJob(11, 2)],
    ['alone', pictureJob(12)],
  ]);
  expect(chooseJobs(jobs, jobs.size, 'cpu')).toEqual(['a', 'c']);
});

it('draws all pictures before it encodes the first, and lets none suffer for another', async () => {
  log.length = 0;
  const jobs = [
    sharedPicture('a', 1, 512),
    sharedPicture('b', 1, 512, 'drawing'),
    sharedPicture('c', 1, 512, 'encoding'),
    sharedPicture('d', 1, 512),
  ];
  const results = await runJobs(jobs);
  expect(log).toEqual(['draw a', 'draw b', 'draw c', 'draw d', 'a drawn, true', 'd drawn, true']);
  const reasons = results.map((result) => result.status === 'rejected' && result.reason);
  expect(reasons).toEqual([
    false,
    expect.objectContaining({ code: 'render_failed', detail: 'drawing b' }),
    expect.objectContaining({ code: 'encoder_failed', detail: 'encoding c' }),
    false,
  ]);
  await expect(jobs[1].run()).rejects.toThrow('drawing b');
});
