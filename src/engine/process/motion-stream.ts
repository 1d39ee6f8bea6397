import { restorePeaks } from '../../audio/restore-peaks.ts';
import { type SpeechTimeline, VOICE_SAMPLES_PER_FRAME } from '../../audio/speech-timeline.ts';
import { VocalEffort } from '../../audio/vocal-effort.ts';
import { Arousal } from '../../audio/voice-activity/arousal.ts';
import { MOTION_FRAME_MS, MOTION_SIZE } from '../../contract/motion-frame.ts';
import type { HeardVoices } from '../../model/control-vector.ts';
import type { BlockRequest, Heard, HearingRequest, Made, MotionModel } from '../../model/motion-model.ts';
import { dynamicMouth } from '../../model/mouth-dynamics.ts';
import { SAMPLES_PER_FRAME } from '../../model/pack.ts';
import { ReusedArrays } from '../../model/reused-arrays.ts';
import { settledFrame } from '../../model/settled-frame.ts';
import { FrameRing } from './frame-ring.ts';
import type { MotionPlan } from './motion-plan.ts';

/** Frames that stay readable behind the newest one, beyond what the model itself looks back on. */
const KEPT_FRAMES = 64;
/** After a gap so much of the voice before a block is heard anew: more than the encoder reaches back. */
const GAP_FRAMES = 24;

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
 * features, the cache of frames that were shown and what the graphs remember of both, and can go back to an earlier
 * frame when what was to be said is not said any more.
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
  readonly #frames: FrameRing;
  readonly #features: FrameRing;
  /** What the encoder remembers of frames before `#heardUntil`, less its lookahead. */
  readonly #hearing: FrameRing;
  #heardUntil: number;
  /** What the denoiser remembers of shown frames before `#rememberedUntil`. */
  readonly #memory: FrameRing;
  #rememberedUntil: number;
  readonly #arrays = new ReusedArrays();
  readonly #arousal = new Arousal();
  #arousalFrames: number;
  readonly #effort = new VocalEffort();
  /** Of each frame, decibels. */
  readonly #efforts: FrameRing;
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
    const { features, remembered } = model.silence;
    this.#frames = new FrameRing(motion.memoryFrames + KEPT_FRAMES, this.before);
    this.#efforts = new FrameRing(this.#frames.length, new Float32Array(1));
    this.#features = new FrameRing(motion.memoryFrames + KEPT_FRAMES, features);
    this.#hearing = new FrameRing(audio.memoryFrames + audio.lookaheadFrames + KEPT_FRAMES, remembered);
    this.#heardUntil = this.#nextFrame;
    this.#memory = new FrameRing(motion.memoryFrames + KEPT_FRAMES, new Float32Array(motion.memorySize));
    this.#rememberedUntil = this.#nextFrame - motion.memoryFrames;
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
    let unaligned: number | undefined;
    for (const block of this.#blocks) {
      const end = this.#nextFrame + block;
      if (end + this.#lookaheadFrames > framesHeard) continue;
      // Smaller ones only lead back to where others end theirs.
      if (end % this.#usualBlock === 0) return block;
      if (block >= this.#usualBlock) unaligned ??= block;
    }
    return unaligned;
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
    const hearing = turns.map(({ stream }) => stream.#toHear(block));
    const heard = await inRuns(
      hearing,
      ({ pcm }) => pcm.length,
      (requests) => model.encode(requests),
    );
    const requests = turns.map(({ stream, controls }, i) => stream.#toMake(heard[i], controls(), block));
    const made = await inRuns(
      requests,
      ({ shown }) => shown.length,
      (some) => model.sample(some, block),
    );
    for (const [i, { stream }] of turns.entries()) stream.#take(heard[i], made[i]);
  }

  /** Where the window of the next block begins to be heard: at the block, or before it where there is a gap. */
  get #hearFrom(): number {
    return Math.min(this.#nextFrame, Math.max(this.#heardUntil, this.#nextFrame - GAP_FRAMES));
  }

  /** What the encoder hears for a block: past, what of it was not heard yet, block, lookahead. */
  #toHear(block: number): HearingRequest {
    const { leftContextSamples, lookaheadFrames, memoryFrames } = this.#model.manifest.audio;
    const from = this.#hearFrom;
    // Nothing of the frames before a gap is known.
    if (from > this.#heardUntil) {
      this.#hearing.fill(
        this.#heardUntil - lookaheadFrames,
        from - lookaheadFrames,
        this.#model.silence.remembered,
      );
    }
    const missing = Math.round((lookaheadFrames - this.#lookaheadFrames) * SAMPLES_PER_FRAME);
    const pcm = this.#arrays.of('pcm', this.#model.windowSamples(this.#nextFrame + block - from));
    const heard = pcm.length - missing;
    const voice = this.#timeline.read16k(from * SAMPLES_PER_FRAME - leftContextSamples, heard, pcm);
    const restored = restorePeaks(voice);
    if (restored !== voice) pcm.set(restored);
    for (let i = 0; i < missing; i++) pcm[heard + i] = pcm[heard - 1 - i];
    const end = from - lookaheadFrames;
    const memory = this.#arrays.of('hearing', memoryFrames * this.#hearing.size);
    return { pcm, memory: this.#hearing.read(end - memoryFrames, end, memory) };
  }

  #toMake({ features }: Heard, controls: Float32Array, block: number): BlockRequest {
    const { memoryFrames } = this.#model.manifest.motion;
    const firstFrame = this.#nextFrame;
    this.#features.put(firstFrame, features.subarray(-block * this.#features.size));
    const fresh = Math.min(memoryFrames, Math.max(1, firstFrame - this.#rememberedUntil));
    const from = firstFrame - fresh;
    const memory = this.#arrays.of('memory', memoryFrames * this.#memory.size);
    return {
      shown: this.#frames.read(from - 1, firstFrame),
      features: this.#features.read(from - 1, firstFrame + block),
      memory: this.#memory.read(from - memoryFrames, from, memory),
      controls,
      seed: this.#seed,
      firstFrame,
    };
  }

  #take(heard: Heard, made: Made): void {
    const firstFrame = this.#nextFrame;
    this.#hearing.put(this.#hearFrom - this.#model.manifest.audio.lookaheadFrames, heard.remembered);
    this.#memory.put(firstFrame - made.remembered.length / this.#memory.size, made.remembered);
    this.#rememberedUntil = firstFrame;
    this.#frames.put(firstFrame, made.frames);
    this.#nextFrame += made.frames.length / MOTION_SIZE;
    this.#heardUntil = this.#nextFrame;
    const first = Math.max(this.#effortFrames, this.#nextFrame - KEPT_FRAMES);
    for (let frame = first; frame < this.#nextFrame; frame++) {
      this.#effort.hear(this.#timeline.read16k(frame * SAMPLES_PER_FRAME, SAMPLES_PER_FRAME));
      this.#efforts.put(frame, Float32Array.of(this.#effort.decibels));
    }
    this.#effortFrames = Math.max(first, this.#nextFrame);
  }

  /** Whether `at` has the motion at a time: asked at every look at the clock, where making it would cost more. */
  isMade(index: number): boolean {
    return Math.max(0, Math.ceil(index)) < this.#nextFrame;
  }

  /**
   * The motion at a time that may lie between two frames (`index` is fractional then), linearly interpolated;
   * undefined while the later one is not made yet. Do not write to the result. It is shown as `shownAt` says.
   */
  at(index: number): Float32Array | undefined {
    if (!this.isMade(index)) return undefined;
    const from = Math.max(0, Math.floor(index));
    const share = Math.max(0, index - from);
    const before = this.#frames.at(from);
    if (share === 0) return before;
    const after = this.#frames.at(from + 1);
    return before.map((value, channel) => value + share * (after[channel] - value));
  }

  /** What is shown at a time: see `at`. */
  shownAt(index: number): Float32Array | undefined {
    const frame = this.at(index);
    if (!frame) return undefined;
    const [effort] = this.#efforts.at(Math.max(0, Math.floor(index)));
    return settledFrame(dynamicMouth(frame, effort), this.#model.manifest.motion.knees);
  }

  /** Leaves out the frames before `frame`: nobody saw them. The face goes on from the last one that was made. */
  skipTo(frame: number): void {
    const start = this.#blockStart(frame);
    if (start <= this.#nextFrame) return;
    this.#frames.fill(this.#nextFrame, start, this.#frames.at(this.#nextFrame - 1));
    this.#features.fill(this.#nextFrame, start, this.#model.silence.features);
    this.#nextFrame = start;
  }

  /** Forgets all frames from `frame` on: they were made of voice that will not be heard. */
  rollback(frame: number): void {
    this.#nextFrame = Math.min(this.#nextFrame, Math.max(0, frame));
    this.#heardUntil = Math.min(this.#heardUntil, this.#nextFrame);
    this.#rememberedUntil = Math.min(this.#rememberedUntil, this.#nextFrame);
  }
}

/** Answers requests in as few runs as can be: those of one size share one. In their order. */
async function inRuns<Request, Answer>(
  requests: readonly Request[],
  size: (request: Request) => number,
  run: (some: Request[]) => Promise<Answer[]>,
): Promise<Answer[]> {
  const answers = new Map<Request, Answer>();
  for (const some of Map.groupBy(requests, size).values()) {
    const answered = await run(some);
    for (const [i, request] of some.entries()) answers.set(request, answered[i]);
  }
  return requests.map((request) => answers.get(request)!);
}
