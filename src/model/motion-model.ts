import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { fillGaussian } from './gaussian.ts';
import { MOTION_SIZE } from './motion-frame.ts';
import { CONTROL_SIZE, checkGraph, type ModelPack, type PackManifest, SAMPLES_PER_FRAME } from './pack.ts';
import type { GraphLoader } from './providers.ts';
import { outermostFirst } from './warm-up.ts';

/** The audio encoder and the few-step motion diffusion model of a pack. Stateless: a session's state is its stream's. */
export class MotionModel {
  readonly manifest: PackManifest;
  /** `Float32Array [featureSize]`: what the encoder hears in silence, for the time before a session's start. */
  silence: Float32Array = new Float32Array();
  readonly #audio: InferenceSession;
  readonly #motion: InferenceSession;

  private constructor(manifest: PackManifest, audio: InferenceSession, motion: InferenceSession) {
    this.manifest = manifest;
    this.#audio = audio;
    this.#motion = motion;
  }

  /** @throws VultusError `pack_invalid` if a graph does not fit the manifest. */
  static async open(pack: ModelPack, loader: GraphLoader): Promise<MotionModel> {
    const { graphs } = pack.manifest;
    const audio = await loader.open(pack.graphFiles.audio, graphs.audio);
    checkGraph('audio', pack.manifest, audio);
    const motion = await loader.open(pack.graphFiles.motion, graphs.motion);
    checkGraph('motion', pack.manifest, motion);
    const model = new MotionModel(pack.manifest, audio, motion);
    const [block] = pack.manifest.blocks;
    const silent = await model.encode(new Float32Array(model.windowSamples(block)));
    model.silence = silent.slice(0, pack.manifest.audio.featureSize);
    return model;
  }

  /** Samples at 16 kHz that `encode` needs for `block` frames: left context, the frames, lookahead. */
  windowSamples(block: number): number {
    const { leftContextSamples, lookaheadFrames } = this.manifest.audio;
    return leftContextSamples + (block + lookaheadFrames) * SAMPLES_PER_FRAME;
  }

  /**
   * @param pcm `Float32Array [windowSamples(block)]`, 16 kHz.
   * @returns `Float32Array [block, featureSize]`
   */
  async encode(pcm: Float32Array): Promise<Float32Array> {
    const { features } = await this.#audio.run({ pcm: new Tensor('float32', pcm, [1, pcm.length]) });
    return features.data as Float32Array;
  }

  /**
   * Draws the next block of motion in few steps on the linear path x(t) = (1 − t)·x0 + t·noise: each step
   * predicts x0, and the next starts from it with the same noise at a lower level (deterministic, DDIM-like).
   *
   * @param features `[historyFrames + block, featureSize]`
   * @param cache `[cacheFrames, 58]`, the last shown frames
   * @param firstFrame index of the block's first frame; with `seed` it fixes the noise
   * @returns `Float32Array [block, 58]` in the units of a motion frame, within the training range
   */
  async sample(
    features: Float32Array,
    cache: Float32Array,
    controls: Float32Array,
    block: number,
    seed: number,
    firstFrame: number,
  ): Promise<Float32Array> {
    const { motion, audio, sampler } = this.manifest;
    let x = new Float32Array(block * MOTION_SIZE);
    for (let i = 0; i < block; i++) {
      fillGaussian(x.subarray(i * MOTION_SIZE, (i + 1) * MOTION_SIZE), seed, firstFrame + i);
    }
    const fixed = {
      audio: new Tensor('float32', features, [1, audio.historyFrames + block, audio.featureSize]),
      cache: new Tensor('float32', cache, [1, motion.cacheFrames, MOTION_SIZE]),
      controls: new Tensor('float32', controls, [1, CONTROL_SIZE]),
    };
    for (const [step, t] of sampler.times.entries()) {
      const { clean } = await this.#motion.run({
        ...fixed,
        noisy: new Tensor('float32', x, [1, block, MOTION_SIZE]),
        time: new Tensor('float32', [t], [1]),
      });
      const x0 = clean.data as Float32Array;
      const next = sampler.times[step + 1];
      if (next === undefined) {
        x = x0.slice();
        break;
      }
      const onward = new Float32Array(x.length);
      for (let i = 0; i < x.length; i++) {
        const noise = (x[i] - (1 - t) * x0[i]) / t;
        onward[i] = (1 - next) * x0[i] + next * noise;
      }
      x = onward;
    }
    for (let i = 0; i < x.length; i++) {
      const channel = i % MOTION_SIZE;
      const value = x[i] * motion.std[channel] + motion.mean[channel];
      x[i] = Math.min(motion.max[channel], Math.max(motion.min[channel], value));
    }
    return x;
  }

  /**
   * Runs both graphs at every block size, so that no session is the first to wait for kernels or TensorRT engines.
   */
  async warmUp(): Promise<void> {
    const { motion, audio, blocks } = this.manifest;
    for (const block of outermostFirst(blocks)) {
      await this.encode(new Float32Array(this.windowSamples(block)));
      const features = new Float32Array((audio.historyFrames + block) * audio.featureSize);
      const cache = new Float32Array(motion.cacheFrames * MOTION_SIZE);
      await this.sample(features, cache, new Float32Array(CONTROL_SIZE), block, 0, 0);
    }
  }

  async close(): Promise<void> {
    await this.#audio.release();
    await this.#motion.release();
  }
}
