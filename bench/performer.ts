import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BLENDSHAPES, CHANNEL, type MotionChannel } from '../src/contract/motion-frame.ts';
import { MOTION, usualVideo } from '../src/contract/outputs.ts';
import type { PerformedFrame } from '../src/contract/performed-motion.ts';
import { NOSE_TIP } from '../src/face/topology.ts';
import { randomNumbers } from '../src/random.ts';
import type { Rig } from '../src/render/renderer.ts';
import { landmarksAt } from '../src/render/renderers.ts';
import type { Session } from '../src/session/session.ts';
import { galleryRig, openSession, sharedFile, startEngine } from './fixtures.ts';
import { atMost, type Report, type Row } from './report.ts';
import { pearson, quantile } from './statistics.ts';

const RECORDINGS = ['a', 'b'].map((name) => `human-motion/arkit_range_of_motion_${name}.csv`);
const RATE_HZ = 60;
const PLAYED_S = 15;
const WARM_UP_MS = 2000;
const LONGEST_DELAY_MS = 250;
const PICTURE_SIDE = 512;
/** Channels that move much in the recordings, of each group. */
const FOLLOWED: readonly MotionChannel[] = ['headYaw', 'headPitch', 'eyeBlinkLeft', 'browInnerUp', 'jawOpen'];
/** One that no voice moves. */
const LOST_SHAPE = 'jawLeft';

type Seen = Omit<PerformedFrame, 'timeMs'>;
interface Shown {
  atMs: number;
  frame: Float32Array;
}

/**
 * A performer whose face was captured, played through a live session in real time: how long after a frame came in the
 * picture that shows it leaves, how still it is at rest, and what happens where tracking is lost and found.
 */
export async function benchPerformer(): Promise<Report> {
  const files = RECORDINGS.map(sharedFile).filter((file) => file !== undefined);
  const name = `Performer: ${PLAYED_S} s of ARKit captures at ${RATE_HZ} a second, at 25 and 60 pictures a second`;
  if (files.length === 0) return { name, rows: [], skipped: [`${RECORDINGS.join(', ')} are not there`] };
  const rig = await galleryRig();
  const engine = await startEngine(1);
  const rows: Row[] = [];
  try {
    const recordings = await Promise.all(files.map(readCapture));
    for (const fps of [25, 60] as const) {
      const session = await openSession(engine, rig, { fps });
      session.setControls({
        performer: { head: 'performer', eyes: 'performer', brows: 'performer', mouth: 'performer' },
      });
      for (const [i, recording] of recordings.entries()) {
        const { sent, shown } = await play(session, recording.slice(0, PLAYED_S * RATE_HZ));
        for (const channel of FOLLOWED) {
          const { delayMs, r } = delayOf(channel, sent, shown);
          rows.push(
            atMost(
              `${fps} fps, capture ${'ab'[i]}, ${channel}: delay (r ${r.toFixed(3)})`,
              delayMs,
              60,
              'ms',
            ),
          );
        }
      }
      const still = stillest(recordings[0]);
      const { shown } = await play(
        session,
        Array.from({ length: 8 }, () => [...still, ...still.toReversed()]).flat(),
      );
      rows.push(atMost(`${fps} fps, at rest: nose, 95 % of steps`, noseStep(rig, shown), 0.5, 'pixels'));
      rows.push(...(await lostAndFound(session, fps)));
      session.close();
    }
  } finally {
    await engine.close();
  }
  return { name, rows };
}

/** The captures are of faces alone: this turns them, as one does who looks about. */
function headAt(seconds: number): { yaw: number; pitch: number; roll: number } {
  const turn = (period: number) => Math.sin((2 * Math.PI * seconds) / period);
  return { yaw: 0.2 * turn(2.1) + 0.1 * turn(0.9), pitch: 0.1 * turn(1.7), roll: 0.05 * turn(3.3) };
}

async function readCapture(file: string): Promise<Seen[]> {
  const [header, ...lines] = (await readFile(file, 'utf8')).trim().split('\n');
  const names = header.split(',');
  return lines.map((line, i) => {
    const cells = line.split(',').map(Number);
    const at = (name: string) =>
      cells[names.findIndex((other) => other.toLowerCase() === name.toLowerCase())];
    const shapes = Object.fromEntries(BLENDSHAPES.map((shape) => [shape, at(shape)]));
    return { shapes, head: headAt(i / RATE_HZ) };
  });
}

/** Gives them at the pace of their clock, and writes down when pictures left. */
async function play(session: Session, frames: readonly Seen[]): Promise<{ sent: Shown[]; shown: Shown[] }> {
  const shown: Shown[] = [];
  const sent: Shown[] = [];
  const taking = session.take([usualVideo(session.settings), MOTION], {
    motion: ({ frame }) => shown.push({ atMs: performance.now(), frame: Float32Array.from(frame) }),
  });
  const startMs = performance.now();
  for (const [i, seen] of frames.entries()) {
    const atMs = startMs + (1000 * i) / RATE_HZ;
    await sleep(Math.max(0, atMs - performance.now()));
    session.setMotion({ timeMs: (1000 * i) / RATE_HZ, ...seen }, frames);
    const { yaw, pitch, roll } = seen.head!;
    const frame = Float32Array.from([
      ...BLENDSHAPES.map((shape) => seen.shapes?.[shape] ?? 0),
      yaw,
      pitch,
      roll,
    ]);
    sent.push({ atMs: performance.now(), frame });
  }
  taking.close();
  // The next performer is another one.
  await sleep(1100);
  return { sent, shown: shown.filter(({ atMs }) => atMs > startMs + WARM_UP_MS) };
}

/** By how much the shown curve follows the sent one where both are most alike. */
function delayOf(
  channel: MotionChannel,
  sent: readonly Shown[],
  shown: readonly Shown[],
): { delayMs: number; r: number } {
  const index = CHANNEL[channel];
  let best = { delayMs: 0, r: -1 };
  for (let delayMs = 0; delayMs <= LONGEST_DELAY_MS; delayMs += 2) {
    let next = 0;
    const was = shown.map(({ atMs }) => {
      while (next < sent.length - 1 && sent[next + 1].atMs <= atMs - delayMs) next++;
      return sent[next].frame[index];
    });
    const r = pearson(
      was,
      shown.map(({ frame }) => frame[index]),
    );
    if (r > best.r) best = { delayMs, r };
  }
  return best;
}

/** Of angles, to each side, radians: what trackers that look at depth shiver by. */
const SHIVER = 0.002;

/** The half second of a capture in which the face moves least, before a head that rests and is shivered by its tracker. */
function stillest(frames: readonly Seen[]): Seen[] {
  const length = RATE_HZ / 2;
  const turn = (from: number) => {
    const jaws = frames
      .slice(from, from + length)
      .map(({ shapes }) => shapes!.jawOpen! + shapes!.eyeBlinkLeft!);
    return Math.max(...jaws) - Math.min(...jaws);
  };
  const starts = Array.from({ length: Math.floor(frames.length / length) - 1 }, (_, i) => i * length);
  const from = starts.reduce((best, start) => (turn(start) < turn(best) ? start : best));
  const random = randomNumbers(1);
  const shiver = () => SHIVER * (2 * random() - 1);
  return frames
    .slice(from, from + length)
    .map(({ shapes }) => ({ shapes, head: { yaw: 0.1 + shiver(), pitch: shiver(), roll: shiver() } }));
}

function noseStep(rig: Rig, shown: readonly Shown[]): number {
  const noses = shown.map(({ frame }) => landmarksAt(rig, frame).slice(3 * NOSE_TIP, 3 * NOSE_TIP + 2));
  const steps = noses
    .slice(1)
    .map((nose, i) => PICTURE_SIDE * Math.hypot(nose[0] - noses[i][0], nose[1] - noses[i][1]));
  return quantile(steps, 0.95);
}

async function lostAndFound(session: Session, fps: number): Promise<Row[]> {
  const shown: { atMs: number; value: number }[] = [];
  const taking = session.take([usualVideo(session.settings), MOTION], {
    motion: ({ frame }) => shown.push({ atMs: performance.now(), value: frame[CHANNEL[LOST_SHAPE]] }),
  });
  const give = async (ms: number) => {
    const untilMs = performance.now() + ms;
    for (; performance.now() < untilMs; await sleep(1000 / RATE_HZ))
      session.setMotion({ timeMs: performance.now(), shapes: { [LOST_SHAPE]: 0.8 } }, session);
  };
  await give(1500);
  const lostMs = performance.now();
  await sleep(1500);
  const foundMs = performance.now();
  await give(1500);
  taking.close();
  await sleep(1100);
  const gone = shown.find(({ atMs, value }) => atMs > lostMs && value < 0.04);
  const after = shown.filter(({ atMs }) => atMs > foundMs);
  const steps = after.slice(1).map(({ value }, i) => Math.abs(value - after[i].value));
  return [
    atMost(
      `${fps} fps, lost: a life of its own after`,
      (gone?.atMs ?? Number.POSITIVE_INFINITY) - lostMs,
      500,
      'ms',
    ),
    atMost(
      `${fps} fps, found: largest step between two pictures, of the whole way`,
      Math.max(...steps) / 0.8,
      0.4,
    ),
  ];
}
