import { type SpeechTimeline, VOICE_SAMPLES_PER_FRAME } from '../audio/speech-timeline.ts';
import { MOTION_SIZE } from '../model/motion-frame.ts';
import type { MotionModel } from '../model/motion-model.ts';
import { SAMPLES_PER_FRAME } from '../model/pack.ts';
import type { MotionPlan } from './latency-mode.ts';

/** Frames that stay readable behind the newest one, beyond what the model itself looks back on. */
const KEPT_FRAMES = 64;

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
  readonly #lookaheadFrames: number;
  /** The face before the first frame, `Float32Array [58]`. */
  readonly before: Float32Array;
  readonly #frames: Float32Array[];
  readonly #features: Float32Array[];
  #nextFrame: number;

  /**
   * @param options.plan motion frames per run, and how much of the voice behind them is waited for. What is
   * less than the pack's lookahead is filled up with the last voice, mirrored in time: a guess at what follows
   * that closes lips better than silence does (88.6 % of P B M, 86.9 % with silence).
   * @param options.catchUp a stream that fell behind makes larger blocks, of the pack's sizes, since a run costs
   * about the same for any; default true
   * @param options.firstFrame index of the first frame to be made
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
    const larger = model.manifest.blocks.filter((size) => size > plan.block);
    this.#blocks = [...(catchUp ? larger : []), plan.block].toSorted((a, b) => b - a);
    this.#nextFrame = options.firstFrame ?? 0;
    this.before = options.before ?? Float32Array.from(motion.rest ?? new Array<number>(MOTION_SIZE).fill(0));
    this.#frames = new Array<Float32Array>(motion.cacheFrames + KEPT_FRAMES).fill(this.before);
    this.#features = new Array<Float32Array>(audio.historyFrames + KEPT_FRAMES).fill(model.silence);
  }

  /** Index of the first frame that is not made yet. */
  get nextFrame(): number {
    return this.#nextFrame;
  }

  /** Whether the voice for a block, with its lookahead, is on the timeline. */
  get ready(): boolean {
    return this.#nextBlock() !== undefined;
  }

  #nextBlock(): number | undefined {
    const framesHeard = this.#timeline.end / VOICE_SAMPLES_PER_FRAME;
    return this.#blocks.find((block) => this.#nextFrame + block + this.#lookaheadFrames <= framesHeard);
  }

  /**
   * Makes the next block.
   * @param controls see `controlVector`
   * @returns how many frames were made: 0 when not `ready`
   */
  async advance(controls: Float32Array): Promise<number> {
    const block = this.#nextBlock();
    if (block === undefined) return 0;
    const first = this.#nextFrame;
    const { motion, audio } = this.#model.manifest;
    const encoded = await this.#model.encode(this.#window(first, block));
    for (let i = 0; i < block; i++) {
      const features = encoded.slice(i * audio.featureSize, (i + 1) * audio.featureSize);
      this.#features[(first + i) % this.#features.length] = features;
    }
    const clean = await this.#model.sample(
      gather(this.#features, first - audio.historyFrames, audio.historyFrames + block, audio.featureSize),
      gather(this.#frames, first - motion.cacheFrames, motion.cacheFrames, MOTION_SIZE),
      controls,
      block,
      this.#seed,
      first,
    );
    for (let i = 0; i < block; i++) {
      this.#frames[(first + i) % this.#frames.length] = clean.slice(i * MOTION_SIZE, (i + 1) * MOTION_SIZE);
    }
    this.#nextFrame = first + block;
    return block;
  }

  /** What the encoder hears for a block: past, block, lookahead. */
  #window(first: number, block: number): Float32Array {
    const { leftContextSamples, lookaheadFrames } = this.#model.manifest.audio;
    const missing = Math.round((lookaheadFrames - this.#lookaheadFrames) * SAMPLES_PER_FRAME);
    const window = new Float32Array(this.#model.windowSamples(block));
    const heard = window.length - missing;
    window.set(this.#timeline.read16k(first * SAMPLES_PER_FRAME - leftContextSamples, heard));
    for (let i = 0; i < missing; i++) window[heard + i] = window[heard - 1 - i];
    return window;
  }

  /**
   * The motion at a time that may lie between two frames (`index` is fractional then), linearly interpolated;
   * undefined while the later one is not made yet. Do not write to the result.
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
