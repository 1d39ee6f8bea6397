import { restorePeaks } from '../../audio/restore-peaks.ts';
import { type SpeechTimeline, VOICE_SAMPLES_PER_FRAME } from '../../audio/speech-timeline.ts';
import { VocalEffort } from '../../audio/vocal-effort.ts';
import { Arousal } from '../../audio/voice-activity/arousal.ts';
import { MOTION_FRAME_MS, MOTION_SIZE } from '../../contract/motion-frame.ts';
import type { HeardVoices } from '../../model/control-vector.ts';
import type { BlockRequest, MotionModel } from '../../model/motion-model.ts';
import { dynamicMouth } from '../../model/mouth-dynamics.ts';
import { SAMPLES_PER_FRAME } from '../../model/pack.ts';
import { settledFrame } from '../../model/settled-frame.ts';
import type { MotionPlan } from './motion-plan.ts';

/** Frames that stay readable behind the newest one, beyond what the model itself looks back on. */
const KEPT_FRAMES = 64;

/**
 * A stream whose next block is to be made, and what tells its controls (see `controlVector`) as the run begins: while
 * others are waited for, a turn is proposed at every look at the clock.
 */
export interface MotionTurn {
  stream: MotionStream;
  controls: () => Float32Array;
}

/**
 * The motion of one session: makes block after block from the timeline's voice, the rolling window of audio
 * features and the cache of frames that were shown, and can go back to an earlier frame when what was to be
 * said is not said any more.
 */
export class MotionStream {
  readonly #model: MotionModel;
  readonly #timeline: SpeechTimeline;
  readonly #seed: number;
  readonly #blocks: readonly number[];
  /** Blocks end on whole multiples of the usual one, as those of other streams do. */
  readonly #usualBlock: number;
  readonly #lookaheadFrames: number;
  /** The face before the first frame, `Float32Array [58]`. */
  readonly before: Float32Array;
  readonly #frames: Float32Array[];
  readonly #features: Float32Array[];
  readonly #arousal = new Arousal();
  #arousalFrames: number;
  readonly #effort = new VocalEffort();
  /** Of each frame, decibels; a ring. */
  readonly #efforts: Float64Array;
  #effortFrames: number;
  #nextFrame: number;

  /**
   * @param options.plan motion frames per run, and how much of the voice behind them is waited for. What is
   * less than the pack's lookahead is filled up with the last voice, mirrored in time: a guess at what follows
   * that closes lips better than silence does (88.6 % of P B M, 86.9 % with silence).
   * @param options.catchUp a stream that fell behind makes larger blocks, of the pack's sizes, since a run costs
   * about the same for any; default true
   * @param options.firstFrame index of the first frame that is wanted: its block is made from its start
   * @param options.before the face before it, `Float32Array [58]`; the pack's rest without it
   */
  constructor(
    model: MotionModel,
    timeline: SpeechTimeline,
    options: {
      seed: number;
      plan: MotionPlan;
      catchUp?: boolean;
      firstFrame?: number;
      before?: Float32Array;
    },
  ) {
    const { motion, audio } = model.manifest;
    this.#model = model;
    this.#timeline = timeline;
    this.#seed = options.seed;
    const { plan, catchUp = true } = options;
    this.#lookaheadFrames = plan.lookaheadFrames;
    const others = model.manifest.blocks.filter(
      (size) => size < plan.block || (catchUp && size > plan.block),
    );
    this.#blocks = [...others, plan.block].toSorted((a, b) => b - a);
    this.#usualBlock = plan.block;
    this.#nextFrame = this.#blockStart(options.firstFrame ?? 0);
    this.#arousalFrames = this.#nextFrame;
    this.#effortFrames = this.#nextFrame;
    this.before = options.before ?? Float32Array.from(motion.rest ?? new Array<number>(MOTION_SIZE).fill(0));
    this.#frames = new Array<Float32Array>(motion.cacheFrames + KEPT_FRAMES).fill(this.before);
    this.#efforts = new Float64Array(this.#frames.length);
    this.#features = new Array<Float32Array>(audio.historyFrames + KEPT_FRAMES).fill(model.silence);
  }

  /** Index of the first frame that is not made yet. */
  get nextFrame(): number {
    return this.#nextFrame;
  }

  /** Whether there is voice enough for a block. */
  get ready(): boolean {
    return this.nextBlock !== undefined;
  }

  /** Frames that the next run makes; undefined while their voice, with its lookahead, is not on the timeline. */
  get nextBlock(): number | undefined {
    const framesHeard = this.#timeline.end / VOICE_SAMPLES_PER_FRAME;
    const ready = this.#blocks.filter(
      (block) => this.#nextFrame + block + this.#lookaheadFrames <= framesHeard,
    );
    // Smaller ones only lead back to where others end theirs.
    const aligned = ready.find((block) => (this.#nextFrame + block) % this.#usualBlock === 0);
    return aligned ?? ready.find((block) => block >= this.#usualBlock);
  }

  /** When the voice of that block ends, with its lookahead: media time, milliseconds. */
  get nextBlockEndMs(): number {
    return (this.#nextFrame + (this.nextBlock ?? 0) + this.#lookaheadFrames) * MOTION_FRAME_MS;
  }

  /** What is heard by the first frame of the next block, which has to be ready, with these cues of the user. */
  hear(cues?: Float32Array): HeardVoices {
    const first = Math.max(this.#arousalFrames, this.#nextFrame - KEPT_FRAMES);
    const count = this.#nextFrame + 1 - first;
    if (count > 0) {
      const heard = this.#timeline.read16k(first * SAMPLES_PER_FRAME, count * SAMPLES_PER_FRAME);
      this.#arousal.hear(restorePeaks(heard));
      this.#arousalFrames = this.#nextFrame + 1;
    }
    return { cues, arousal: this.#arousal.value };
  }

  #blockStart(frame: number): number {
    return frame - (frame % this.#usualBlock);
  }

  /**
   * Makes the next block.
   * @returns how many frames were made: 0 when not `ready`
   */
  async advance(controls: Float32Array): Promise<number> {
    const block = this.nextBlock;
    if (block === undefined) return 0;
    await MotionStream.advanceTogether([{ stream: this, controls: () => controls }]);
    return block;
  }

  /**
   * Makes the next block of several sessions in one run of each graph. Should a run fail, no stream has moved.
   * @param turns ready streams of one model and one `nextBlock`
   */
  static async advanceTogether(turns: readonly MotionTurn[]): Promise<void> {
    const [{ stream: one }] = turns;
    const [model, block] = [one.#model, one.nextBlock!];
    const encoded = await model.encode(turns.map(({ stream }) => stream.#window(block)));
    const requests = turns.map(({ stream, controls }, i) => stream.#request(encoded[i], controls(), block));
    const clean = await model.sample(requests, block);
    for (const [i, { stream }] of turns.entries()) stream.#take(clean[i]);
  }

  #request(encoded: Float32Array, controls: Float32Array, block: number): BlockRequest {
    const { motion, audio } = this.#model.manifest;
    const firstFrame = this.#nextFrame;
    put(this.#features, firstFrame, encoded, audio.featureSize);
    return {
      features: gather(
        this.#features,
        firstFrame - audio.historyFrames,
        audio.historyFrames + block,
        audio.featureSize,
      ),
      cache: gather(this.#frames, firstFrame - motion.cacheFrames, motion.cacheFrames, MOTION_SIZE),
      controls,
      seed: this.#seed,
      firstFrame,
    };
  }

  #take(frames: Float32Array): void {
    put(this.#frames, this.#nextFrame, frames, MOTION_SIZE);
    this.#nextFrame += frames.length / MOTION_SIZE;
    const first = Math.max(this.#effortFrames, this.#nextFrame - KEPT_FRAMES);
    for (let frame = first; frame < this.#nextFrame; frame++) {
      this.#effort.hear(this.#timeline.read16k(frame * SAMPLES_PER_FRAME, SAMPLES_PER_FRAME));
      this.#efforts[frame % this.#efforts.length] = this.#effort.decibels;
    }
    this.#effortFrames = Math.max(first, this.#nextFrame);
  }

  /** What the encoder hears for a block: past, block, lookahead. */
  #window(block: number): Float32Array {
    const { leftContextSamples, lookaheadFrames } = this.#model.manifest.audio;
    const missing = Math.round((lookaheadFrames - this.#lookaheadFrames) * SAMPLES_PER_FRAME);
    const window = new Float32Array(this.#model.windowSamples(block));
    const heard = window.length - missing;
    const from = this.#nextFrame * SAMPLES_PER_FRAME - leftContextSamples;
    window.set(restorePeaks(this.#timeline.read16k(from, heard)));
    for (let i = 0; i < missing; i++) window[heard + i] = window[heard - 1 - i];
    return window;
  }

  /**
   * The motion at a time that may lie between two frames (`index` is fractional then), linearly interpolated;
   * undefined while the later one is not made yet. Do not write to the result. It is shown as `shownAt` says.
   */
  at(index: number): Float32Array | undefined {
    const from = Math.max(0, Math.floor(index));
    const share = Math.max(0, index - from);
    const needed = share > 0 ? from + 1 : from;
    if (needed >= this.#nextFrame) return undefined;
    const before = this.#frames[from % this.#frames.length];
    if (share === 0) return before;
    const after = this.#frames[needed % this.#frames.length];
    return before.map((value, channel) => value + share * (after[channel] - value));
  }

  /** What is shown at a time: see `at`. */
  shownAt(index: number): Float32Array | undefined {
    const frame = this.at(index);
    if (!frame) return undefined;
    const effort = this.#efforts[Math.max(0, Math.floor(index)) % this.#efforts.length];
    return settledFrame(dynamicMouth(frame, effort), this.#model.manifest.motion.knees);
  }

  /** Leaves out the frames before `frame`: nobody saw them. The face goes on from the last one that was made. */
  skipTo(frame: number): void {
    const last = this.#frames[(this.#nextFrame + this.#frames.length - 1) % this.#frames.length];
    const start = this.#blockStart(frame);
    const missing = Math.max(0, start - this.#nextFrame);
    for (let i = 1; i <= Math.min(missing, this.#frames.length); i++) {
      this.#frames[(start - i) % this.#frames.length] = last;
    }
    for (let i = 1; i <= Math.min(missing, this.#features.length); i++) {
      this.#features[(start - i) % this.#features.length] = this.#model.silence;
    }
    this.#nextFrame += missing;
  }

  /** Forgets all frames from `frame` on: they were made of voice that will not be heard. */
  rollback(frame: number): void {
    this.#nextFrame = Math.min(this.#nextFrame, Math.max(0, frame));
  }
}

/** Copies `count` consecutive vectors out of a ring that is indexed modulo its length, also from below 0. */
function gather(ring: Float32Array[], first: number, count: number, size: number): Float32Array {
  const joined = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    joined.set(ring[(((first + i) % ring.length) + ring.length) % ring.length], i * size);
  }
  return joined;
}

/** Copies consecutive vectors into a ring that is indexed modulo its length. */
function put(ring: Float32Array[], first: number, vectors: Float32Array, size: number): void {
  for (let i = 0; i * size < vectors.length; i++) {
    ring[(first + i) % ring.length] = vectors.slice(i * size, (i + 1) * size);
  }
}
