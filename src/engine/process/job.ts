import type { PictureFormat } from '../../contract/formats.ts';
import { withCode } from '../../errors.ts';
import { filledBatch } from '../../model/batches.ts';
import type { ProviderName } from '../../model/provider-table.ts';
import { MotionStream, type MotionTurn } from './motion-stream.ts';

/** The next piece of work of a session. */
export interface Job {
  /** When its result should leave; the most urgent job of a process runs first. */
  dueMs: number;
  run(): Promise<void>;
  /** Present where the work is motion, which several sessions can make in one run. */
  motion?: MotionTask;
  /** Motion that may wait a little for sessions that are not ready yet. */
  awaitsCompany?: boolean;
  /** Present where the work is a picture that several sessions can draw in one run, or have their viewers draw. */
  picture?: PictureTask;
}

export interface MotionTask extends MotionTurn {
  /** Called with the frames that were made and this session's share of the time. */
  made(frames: number, workMs: number): void;
}

export interface PictureTask {
  /** Of what is drawn. */
  format: Pick<PictureFormat, 'width' | 'height'>;
  /** Asks for the picture without a pause before. */
  draw(): Promise<void>;
  /** Encodes what was drawn; called with this session's share of the time. */
  drawn(workMs: number): void;
}

/**
 * The sessions whose jobs are done next: the most urgent one, and those whose work fits in the same run: motion in
 * blocks of the same size, pictures of the same size. Motion may wait until the last session of the process is ready
 * for it: they are at nearly the same times (see `PictureClock.startMs`).
 *
 * @param sessions of the process, with a job or without
 * @param provider of the graphs: see `filledBatch`
 * @returns ids, the most urgent first; none without a job
 */
export function chooseJobs(
  jobs: ReadonlyMap<string, Job>,
  sessions: number,
  provider: ProviderName,
): string[] {
  const complete = jobs.size === sessions;
  const ready = [...jobs].filter(([, job]) => complete || !job.awaitsCompany);
  const [first, ...others] = ready.toSorted(([, a], [, b]) => a.dueMs - b.dueMs);
  if (!first) return [];
  const together = [first, ...others.filter(([, job]) => shareRun(first[1], job))];
  return together.slice(0, filledBatch(together.length, provider)).map(([session]) => session);
}

function shareRun(a: Job, b: Job): boolean {
  if (a.motion && b.motion) return a.motion.stream.nextBlock === b.motion.stream.nextBlock;
  const [own, other] = [a.picture?.format, b.picture?.format];
  return own !== undefined && own.width === other?.width && own.height === other.height;
}

/**
 * Does several pieces of work that share a run, or a single one of any kind. What fails for one does not stop the
 * others; reasons have a code.
 */
export async function runJobs(jobs: readonly Job[]): Promise<PromiseSettledResult<void>[]> {
  const motions = jobs.flatMap(({ motion }) => motion ?? []);
  if (motions.length > 1) return makeMotions(motions);
  const pictures = jobs.flatMap(({ picture }) => picture ?? []);
  if (pictures.length > 1) return makePictures(pictures);
  return Promise.allSettled(jobs.map((job) => job.run()));
}

/** Makes the motion of several sessions in one run; where that fails, each alone, so that only those to blame fail. */
async function makeMotions(tasks: readonly MotionTask[]): Promise<PromiseSettledResult<void>[]> {
  const frames = tasks[0].stream.nextBlock!;
  const startMs = performance.now();
  try {
    await MotionStream.advanceTogether(tasks);
  } catch {
    const results: PromiseSettledResult<void>[] = [];
    for (const task of tasks) results.push(...(await Promise.allSettled([makeMotion(task)])));
    return results;
  }
  const workMs = (performance.now() - startMs) / tasks.length;
  return Promise.allSettled(tasks.map(async (task) => task.made(frames, workMs)));
}

/** @throws VultusError `motion_failed` */
export async function makeMotion(task: MotionTask): Promise<void> {
  const frames = task.stream.nextBlock!;
  const startMs = performance.now();
  try {
    await MotionStream.advanceTogether([task]);
  } catch (cause) {
    throw withCode('motion_failed', cause);
  }
  task.made(frames, performance.now() - startMs);
}

/** Draws the pictures of several sessions in one run, then encodes each; what fails for one does not stop the others. */
async function makePictures(tasks: readonly PictureTask[]): Promise<PromiseSettledResult<void>[]> {
  const startMs = performance.now();
  const drawings = await Promise.allSettled(tasks.map(async (task) => task.draw()));
  const workMs = (performance.now() - startMs) / tasks.length;
  return Promise.allSettled(
    drawings.map(async (drawing, i) => {
      if (drawing.status === 'rejected') throw withCode('render_failed', drawing.reason);
      try {
        tasks[i].drawn(workMs);
      } catch (cause) {
        throw withCode('encoder_failed', cause);
      }
    }),
  );
}

/** @throws VultusError `render_failed`, `encoder_failed` */
export async function makePicture(task: PictureTask): Promise<void> {
  const [made] = await makePictures([task]);
  if (made.status === 'rejected') throw made.reason;
}
