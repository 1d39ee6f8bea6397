import { MOTION_BATCHES } from '../model/motion-model.ts';
import { MotionStream, type MotionTurn } from './motion-stream.ts';

/** The next piece of work of a session. */
export interface Job {
  /** When its result should leave; the most urgent job of a worker runs first. */
  dueMs: number;
  run(): Promise<void>;
  /** Present where the work is motion, which several sessions can make in one run. */
  motion?: MotionTask;
}

export interface MotionTask extends MotionTurn {
  /** Called with the frames that were made and this session's share of the time. */
  made(frames: number, workMs: number): void;
}

/**
 * The sessions whose jobs are done next: the most urgent one, and where that is motion, those that are ready for a
 * block of the same size ride along. Nobody waits for company: the busier a worker is, the more are ready at a time,
 * and the less each of them costs.
 *
 * @returns ids, the most urgent first; none without a job
 */
export function chooseJobs(jobs: ReadonlyMap<string, Job>): string[] {
  const [first, ...others] = [...jobs].toSorted(([, a], [, b]) => a.dueMs - b.dueMs);
  if (!first) return [];
  const block = first[1].motion?.stream.nextBlock;
  if (block === undefined) return [first[0]];
  const together = [first, ...others.filter(([, { motion }]) => motion?.stream.nextBlock === block)];
  const size = MOTION_BATCHES.findLast((batch) => batch <= together.length)!;
  return together.slice(0, size).map(([session]) => session);
}

/** Makes the motion of several sessions in one run. */
export async function makeMotion(tasks: readonly MotionTask[]): Promise<void> {
  const frames = tasks[0].stream.nextBlock!;
  const startMs = performance.now();
  await MotionStream.advanceTogether(tasks);
  const workMs = (performance.now() - startMs) / tasks.length;
  for (const task of tasks) task.made(frames, workMs);
}
