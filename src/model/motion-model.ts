import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { MOTION_SIZE } from '../contract/motion-frame.ts';
import { fillGaussian } from '../random.ts';
import { BATCHES, joinBatch, splitBatch } from './batches.ts';
import { CONTROL_SIZE, checkGraph, type ModelPack, type PackManifest, SAMPLES_PER_FRAME } from './pack.ts';
import type { ProviderName } from './provider-table.ts';
import type { GraphLoader } from './providers.ts';
import { outermostFirst } from './warm-up.ts';

/** What the next block of one session is made of. */
export interface BlockRequest {
  /** `Float32Array [historyFrames + block, featureSize]` */
  features: Float32Array;
  /** `Float32Array [cacheFrames, 58]`, the last shown frames. */
  cache: Float32Array;
  /** See `controlVector`. */
  controls: Float32Array;
  /** Fixes the noise, together with `firstFrame`. */
  seed: number;
  /** Index of the block's first frame. */
  firstFrame: number;
}

/** The audio encoder and the few-step motion diffusion model of a pack. Stateless: a session's state is its stream's. */
export class MotionModel {
  readonly manifest: PackManifest;
  /** `Float32Array [featureSize]`: what the encoder hears in silence, for the time before a session's start. */
  silence: Float32Array = new Float32Array();
  readonly #audio: InferenceSession;
  readonly #motion: InferenceSession;
  readonly #provider: ProviderName;

  private constructor(
    manifest: PackManifest,
    graphs: { audio: InferenceSession; motion: InferenceSession },
    provider: ProviderName,
  ) {
    this.manifest = manifest;
    this.#audio = graphs.audio;
    this.#motion = graphs.motion;
    this.#provider = provider;
  }

  /** @throws VultusError `pack_invalid` if a graph does not fit the manifest. */
  static async open(pack: ModelPack, loader: GraphLoader): Promise<MotionModel> {
    const { graphs } = pack.manifest;
    const audio = await loader.open(pack.graphFiles.audio, graphs.audio);
    checkGraph('audio', pack.manifest, audio);
    const motion = await loader.open(pack.graphFiles.motion, graphs.motion);
    checkGraph('motion', pack.manifest, motion);
    const model = new MotionModel(pack.manifest, { audio, motion }, loader.provider);
    const [block] = pack.manifest.blocks;
    const [silent] = await model.encode([new Float32Array(model.windowSamples(block))]);
    model.silence = silent.slice(0, pack.manifest.audio.featureSize);
    return model;
  }

  /** Samples at 16 kHz that `encode` needs for `block` frames: left context, the frames, lookahead. */
  windowSamples(block: number): number {
    const { leftContextSamples, lookaheadFrames } = this.manifest.audio;
    return leftContextSamples + (block + lookaheadFrames) * SAMPLES_PER_FRAME;
  }

  /**
   * @param windows one `Float32Array [windowSamples(block)]` at 16 kHz for each session of the run
   * @returns one `Float32Array [block, featureSize]` for each
   */
  async encode(windows: readonly Float32Array[]): Promise<Float32Array[]> {
    const pcm = new Tensor('float32', joinBatch(windows), [windows.length, windows[0].length]);
    const { features } = await this.#audio.run({ pcm });
    return splitBatch(features.data as Float32Array, windows.length);
  }

  /**
   * Draws the next block of motion of several sessions in few steps on the linear path x(t) = (1 − t)·x0 + t·noise:
   * each step predicts x0, and the next starts from it with the same noise at a lower level (deterministic,
   * DDIM-like).
   *
   * @returns for each request one `Float32Array [block, 58]` in the units of a motion frame, within the training
   * range
   */
  async sample(requests: readonly BlockRequest[], block: number): Promise<Float32Array[]> {
    const { motion, audio, sampler } = this.manifest;
    const batch = requests.length;
    const vectors = (pick: (request: BlockRequest) => Float32Array, ...shape: number[]) =>
      new Tensor('float32', joinBatch(requests.map(pick)), [batch, ...shape]);
    const fixed = {
      audio: vectors(({ features }) => features, audio.historyFrames + block, audio.featureSize),
      cache: vectors(({ cache }) => cache, motion.cacheFrames, MOTION_SIZE),
      controls: vectors(({ controls }) => controls, CONTROL_SIZE),
    };
    let x = joinBatch(requests.map(({ seed, firstFrame }) => noise(block, seed, firstFrame)));
    for (const [step, t] of sampler.times.entries()) {
      const { clean } = await this.#motion.run({
        ...fixed,
        noisy: new Tensor('float32', x, [batch, block, MOTION_SIZE]),
        time: new Tensor('float32', new Float32Array(batch).fill(t), [batch]),
      });
      const x0 = clean.data as Float32Array;
      // At the end nothing of the noise is left.
      const next = sampler.times[step + 1] ?? 0;
      x = x.map((value, i) => (1 - next) * x0[i] + next * ((value - (1 - t) * x0[i]) / t));
    }
    for (let i = 0; i < x.length; i++) {
      const channel = i % MOTION_SIZE;
      const value = x[i] * motion.std[channel] + motion.mean[channel];
      x[i] = Math.min(motion.max[channel], Math.max(motion.min[channel], value));
    }
    return splitBatch(x, batch);
  }

  /**
   * Runs both graphs at every block size, so that no session is the first to wait for kernels or TensorRT engines; on
   * an accelerator at every size of a batch, too.
   */
  async warmUp(): Promise<void> {
    const { motion, audio, blocks } = this.manifest;
    for (const [batch, block] of outermostFirst(this.#provider === 'cpu' ? [1] : BATCHES, blocks)) {
      const each = <T>(value: T): T[] => new Array<T>(batch).fill(value);
      await this.encode(each(new Float32Array(this.windowSamples(block))));
      const features = new Float32Array((audio.historyFrames + block) * audio.featureSize);
      const cache = new Float32Array(motion.cacheFrames * MOTION_SIZE);
      const controls = new Float32Array(CONTROL_SIZE);
      await this.sample(each({ features, cache, controls, seed: 0, firstFrame: 0 }), block);
    }
  }

  async close(): Promise<void> {
    await this.#audio.release();
    await this.#motion.release();
  }
}

/** `Float32Array [block, 58]` of standard normal numbers: the same for the same seed and frame. */
function noise(block: number, seed: number, firstFrame: number): Float32Array {
  const x = new Float32Array(block * MOTION_SIZE);
  for (let i = 0; i < block; i++) {
    fillGaussian(x.subarray(i * MOTION_SIZE, (i + 1) * MOTION_SIZE), seed, firstFrame + i);
  }
  return x;
}
