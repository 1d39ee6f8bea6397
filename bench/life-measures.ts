/**
 * The measures of QUALITY part B on motion frames at 25 per second, `Float32Array[58]`. Training measures its data
 * by the same definitions (models/training/vultus_training/measures.py).
 */
import { CHANNEL, MOTION_RATE_HZ, MOTION_SIZE, type MotionChannel } from '../src/contract/motion-frame.ts';
import { gazeOf } from '../src/face/gaze.ts';
import { largestAutocorrelation, mean, quantile, standardDeviation } from './statistics.ts';

type Frames = readonly Float32Array[];

const FRAME_MS = 1000 / MOTION_RATE_HZ;
const DEGREES = 180 / Math.PI;
const seconds = (value: number) => Math.round(value * MOTION_RATE_HZ);

/** A lid that gets lower than half of its way blinks, if that lies far enough below where it was and will be. */
const BLINK_LEVEL = 0.5;
const BLINK_HEIGHT = 0.3;
/** Shares of a blink's height between which it closes and opens. */
const [FLANK_FROM, FLANK_TO] = [0.02, 0.98];
/** Turning further than that from one frame to the next, outside of blinks, the eyes make a saccade. */
const SACCADE_DEGREES = 1.2;
const BLINK_DISTURBS_GAZE = 0.15;
const LOOP_FRAMES = [seconds(5), seconds(60)] as const;

export function curve(frames: Frames, channel: MotionChannel): Float64Array {
  return Float64Array.from(frames, (frame) => frame[CHANNEL[channel]]);
}

export interface Blink {
  closingMs: number;
  openingMs: number;
}

/** Blinks of the left lid, timed between frames: they are only three to ten frames long. */
export function blinks(frames: Frames): Blink[] {
  const lid = curve(frames, 'eyeBlinkLeft');
  const found: Blink[] = [];
  for (let i = 1; i < lid.length - 1; i++) {
    if (lid[i] <= BLINK_LEVEL || lid[i - 1] > BLINK_LEVEL) continue;
    let top = i;
    for (let k = i; k < Math.min(lid.length, i + seconds(0.32)); k++) if (lid[k] > lid[top]) top = k;
    const before = lid.subarray(Math.max(0, top - seconds(0.4)), Math.max(1, top - seconds(0.2)));
    const after = lid.subarray(Math.min(lid.length - 1, top + seconds(0.2) + 2), top + seconds(0.56));
    const [base, rest] = [quantile(before, 0.5), quantile(after, 0.5)];
    const [rise, fall] = [lid[top] - base, lid[top] - rest];
    if (Math.min(rise, fall) <= BLINK_HEIGHT) continue;
    const flank = (direction: 1 | -1, from: number, height: number) =>
      Math.abs(
        crossing(lid, top, direction, from + FLANK_FROM * height) -
          crossing(lid, top, direction, from + FLANK_TO * height),
      );
    found.push({ closingMs: FRAME_MS * flank(-1, base, rise), openingMs: FRAME_MS * flank(1, rest, fall) });
    i = Math.floor(crossing(lid, top, 1, rest + FLANK_FROM * fall));
  }
  return found;
}

/** Where the curve, followed from its peak in one direction, falls to `level`, between frames. */
function crossing(values: Float64Array, top: number, direction: 1 | -1, level: number): number {
  let at = top;
  while (values[at + direction] > level) at += direction;
  const beyond = values[at + direction] ?? values[at];
  const drop = values[at] - beyond;
  return at + direction * (drop > 0 ? (values[at] - level) / drop : 0);
}

export interface HeadMotion {
  /** Angular speed, mean and 95th percentile, degrees per second. */
  meanSpeed: number;
  fastSpeed: number;
  /** Standard deviations, degrees. */
  yawSpread: number;
  pitchSpread: number;
  rollSpread: number;
  /** Largest autocorrelation of yaw at lags of 5 s to a minute. */
  repetition: number;
}

export function headMotion(frames: Frames): HeadMotion {
  const [yaw, pitch, roll] = (['headYaw', 'headPitch', 'headRoll'] as const).map((name) =>
    curve(frames, name).map((radians) => radians * DEGREES),
  );
  const speed = Float64Array.from({ length: frames.length - 1 }, (_, i) =>
    Math.hypot(...[yaw, pitch, roll].map((angle) => (angle[i + 1] - angle[i]) * MOTION_RATE_HZ)),
  );
  return {
    meanSpeed: mean(speed),
    fastSpeed: quantile(speed, 0.95),
    yawSpread: standardDeviation(yaw),
    pitchSpread: standardDeviation(pitch),
    rollSpread: standardDeviation(roll),
    repetition: largestAutocorrelation(yaw, ...LOOP_FRAMES),
  };
}

export interface Gaze {
  saccadesPerMinute: number;
  /** Median and 90th percentile of the time from one saccade to the next. */
  fixationMs: number;
  longFixationMs: number;
}

/** Where head and eyes together look. */
export function gaze(frames: Frames): Gaze {
  const [yaw, pitch, lid] = (['headYaw', 'headPitch', 'eyeBlinkLeft'] as const).map((name) =>
    curve(frames, name),
  );
  const eye = frames.map((frame) => gazeOf(frame, 'left'));
  const turn = (i: number) =>
    DEGREES *
    Math.hypot(
      yaw[i] + eye[i].yaw - yaw[i - 1] - eye[i - 1].yaw,
      -pitch[i] + eye[i].pitch + pitch[i - 1] - eye[i - 1].pitch,
    );
  const blinking = (i: number) => [i - 1, i, i + 1].some((k) => lid[k] > BLINK_DISTURBS_GAZE);
  const isMoving = (i: number) => i > 0 && turn(i) > SACCADE_DEGREES && !blinking(i);
  const starts = [...frames.keys()].filter((i) => isMoving(i) && !isMoving(i - 1));
  const fixations = starts.slice(1).map((start, i) => (start - starts[i]) * FRAME_MS);
  return {
    saccadesPerMinute: (starts.length * 60 * MOTION_RATE_HZ) / frames.length,
    fixationMs: fixations.length > 0 ? quantile(fixations, 0.5) : 0,
    longFixationMs: fixations.length > 0 ? quantile(fixations, 0.9) : 0,
  };
}

/** Gaze further than this from the viewer looks away. */
const AWAY_DEGREES = 5;

/** Whether head and eyes together look away from the viewer, lids apart. */
export function lookingAway(frames: Frames): boolean[] {
  const [yaw, pitch] = (['headYaw', 'headPitch'] as const).map((name) => curve(frames, name));
  return frames.map((frame, i) => {
    const eye = gazeOf(frame, 'left');
    return DEGREES * Math.hypot(yaw[i] + eye.yaw, eye.pitch - pitch[i]) > AWAY_DEGREES;
  });
}

/** A nod goes down by so much, in degrees, within so long, and comes back up. */
const [NOD_DOWN, NOD_UP] = [1.8, 1.2];
const [NOD_DOWN_FRAMES, NOD_UP_FRAMES] = [seconds(0.4), seconds(0.5)];

/** Frames in which nods begin to go down. */
export function nods(frames: Frames): number[] {
  const pitch = curve(frames, 'headPitch').map((radians) => radians * DEGREES);
  const found: number[] = [];
  for (let low = 1; low < pitch.length - 1; low++) {
    if (pitch[low] < pitch[low - 1] || pitch[low] <= pitch[low + 1]) continue;
    let start = low;
    const first = Math.max(found.at(-1) ?? 0, low - NOD_DOWN_FRAMES);
    for (let k = low; k >= first; k--) if (pitch[k] < pitch[start]) start = k;
    const up = Math.min(...pitch.subarray(low, low + NOD_UP_FRAMES));
    if (pitch[low] - pitch[start] >= NOD_DOWN && pitch[low] - up >= NOD_UP) found.push(start);
  }
  return found;
}

/** Of a rise's height, what it is above its foot when it counts as begun. */
const RISE_BEGUN = 0.15;

/**
 * Frames in which the curve begins to rise by more than `size` within 0.4 s: the last before a peak at which it still
 * is at its foot. Rises less than a second after another's beginning belong to it.
 */
export function rises(values: Float64Array, size: number): number[] {
  const found: number[] = [];
  for (let top = 1; top < values.length - 1; top++) {
    if (values[top] < values[top - 1] || values[top] <= values[top + 1]) continue;
    const foot = Math.min(...values.subarray(Math.max(0, top - NOD_DOWN_FRAMES), top));
    if (values[top] - foot <= size) continue;
    let begin = top;
    while (values[begin] > foot + RISE_BEGUN * (values[top] - foot)) begin--;
    if (begin - (found.at(-1) ?? Number.NEGATIVE_INFINITY) >= seconds(1)) found.push(begin);
  }
  return found;
}

/**
 * Step from each frame to the next: the largest of all channels, each in its own standard deviation (with a
 * floor, so that what hardly moves at all does not count).
 */
export function stepSizes(frames: Frames): Float64Array {
  const scale = Array.from({ length: MOTION_SIZE }, (_, channel) => {
    return standardDeviation(frames.map((frame) => frame[channel])) + 0.01;
  });
  return Float64Array.from({ length: frames.length - 1 }, (_, i) => {
    let largest = 0;
    for (let channel = 0; channel < MOTION_SIZE; channel++) {
      const step = Math.abs(frames[i + 1][channel] - frames[i][channel]) / scale[channel];
      if (step > largest) largest = step;
    }
    return largest;
  });
}

/**
 * Steps across borders over the 99.9th percentile of all others: the largest of them, and their own 99.9th
 * percentile. With blocks of two frames half of all steps cross a border, and the largest of tens of thousands
 * lies above any percentile of as many others: there only the second says whether the borders show.
 * @param borders frames that are the first of something new
 */
export function borderSteps(frames: Frames, borders: Iterable<number>): { largest: number; usual: number } {
  const firsts = new Set(borders);
  const sizes = stepSizes(frames);
  const across = [...sizes].filter((_, i) => firsts.has(i + 1));
  const elsewhere = [...sizes].filter((_, i) => !firsts.has(i + 1));
  const limit = quantile(elsewhere, 0.999);
  return { largest: quantile(across, 1) / limit, usual: quantile(across, 0.999) / limit };
}

/** Channels that drift or stay together. */
export const CHANNEL_GROUPS: Readonly<Record<string, readonly MotionChannel[]>> = {
  head: ['headYaw', 'headPitch', 'headRoll'],
  place: ['headX', 'headY', 'distance'],
  gaze: ['eyeLookOutLeft', 'eyeLookInLeft', 'eyeLookUpLeft', 'eyeLookDownLeft'],
  brows: ['browInnerUp', 'browDownLeft', 'browDownRight', 'browOuterUpLeft', 'browOuterUpRight'],
  mouth: ['jawOpen', 'mouthFunnel', 'mouthPucker', 'mouthSmileLeft', 'mouthSmileRight', 'mouthFrownLeft'],
};

export interface Drift {
  /** Largest shift of a channel's mean, in its standard deviations. */
  meanShift: number;
  /** Largest ratio of standard deviations, either way round, and of ranges. */
  spreadRatio: number;
  rangeRatio: number;
}

/** How a later stretch differs from an early one, the worst channel of a group. */
export function drift(early: Frames, late: Frames, channels: readonly MotionChannel[]): Drift {
  const result: Drift = { meanShift: 0, spreadRatio: 1, rangeRatio: 1 };
  const ratio = (a: number, b: number) => Math.max(a, b) / Math.max(Math.min(a, b), 1e-6);
  for (const channel of channels) {
    const [a, b] = [curve(early, channel), curve(late, channel)];
    const spread = Math.max(standardDeviation(a), standardDeviation(b));
    // What never moves can't drift.
    if (spread < 0.003) continue;
    const range = (values: Float64Array) => quantile(values, 0.99) - quantile(values, 0.01);
    result.meanShift = Math.max(result.meanShift, Math.abs(mean(a) - mean(b)) / spread);
    result.spreadRatio = Math.max(result.spreadRatio, ratio(standardDeviation(a), standardDeviation(b)));
    result.rangeRatio = Math.max(result.rangeRatio, ratio(range(a), range(b)));
  }
  return result;
}
