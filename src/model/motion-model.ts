import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { MOTION_SIZE } from '../contract/motion-frame.ts';
import { fillGaussian } from '../random.ts';
import { BATCHES, joinBatch, splitBatch } from './batches.ts';
import { blinkingAsAsked } from './control-vector.ts';
import { CONTROL_SIZE, checkGraph, type ModelPack, type PackManifest, SAMPLES_PER_FRAME } from './pack.ts';
import type { ProviderName } from './provider-table.ts';
import type { GraphLoader } from './providers.ts';
import { ReusedArrays } from './reused-arrays.ts';
import { outermostFirst } from './warm-up.ts';

/** Well above what an encoder reaches back. */
const SILENT_FRAMES = 50;

/** What a graph keeps of frames, so that it need not be made again for every block that looks back on them. */
interface Remembering {
  /** `Float32Array [memoryFrames, memorySize]`, of the frames before those that are looked at anew. */
  memory: Float32Array;
}

/** What the next block of one session is heard from. */
export interface HearingRequest extends Remembering {
  /** `Float32Array [windowSamples(block)]` at 16 kHz. */
  pcm: Float32Array;
}

export interface Heard {
  /** `Float32Array [block, featureSize]` */
  features: Float32Array;
  /** `Float32Array [block, memorySize]`, of the frames that begin the pack's lookahead before the block. */
  remembered: Float32Array;
}

/** What the next block of one session is made of. */
export interface BlockRequest extends Remembering {
  /** `Float32Array [n + 1, 58]`: the last n ≥ 1 shown frames, which nothing is remembered of yet, and one before. */
  shown: Float32Array;
  /** `Float32Array [n + 1 + block, featureSize]`: what was heard in these and in the block. */
  features: Float32Array;
  /** See `controlVector`. */
  controls: Float32Array;
  /** Fixes the noise, together with `firstFrame`. */
  seed: number;
  /** Index of the block's first frame. */
  firstFrame: number;
}

export interface Made {
  /** `Float32Array [block, 58]` in the units of a motion frame, within the training range. */
  frames: Float32Array;
  /** `Float32Array [n, memorySize]`, of the n shown frames. */
  remembered: Float32Array;
}

/** What is heard of silence: a frame's features, and what is remembered of it. */
export interface Silence {
  features: Float32Array;
  remembered: Float32Array;
}

/**
 * The audio encoder and the few-step motion diffusion model of a pack. A session's state is its stream's; runs follow one
 * another, since their inputs lie in the same arrays.
 */
export class MotionModel {
  readonly manifest: PackManifest;
  /** For the time before a session's start. */
  readonly silence: Silence;
  readonly #audio: InferenceSession;
  readonly #motion: InferenceSession;
  readonly #provider: ProviderName;
  readonly #arrays = new ReusedArrays();

  private constructor(
    manifest: PackManifest,
    graphs: { audio: InferenceSession; motion: InferenceSession },
    provider: ProviderName,
    silence: Silence,
  ) {
    this.manifest = manifest;
    this.#audio = graphs.audio;
    this.#motion = graphs.motion;
    this.#provider = provider;
    this.silence = silence;
  }

  /** @throws VultusError `pack_invalid` if a graph does not fit the manifest. */
  static async open(pack: ModelPack, loader: GraphLoader): Promise<MotionModel> {
    const open = async (name: 'audio' | 'motion') => {
      const bytes = loader.prefersBytes ? pack.byteGraphFiles[name] : undefined;
      const graph = await loader.open(bytes ?? pack.graphFiles[name], pack.manifest.graphs[name]);
      checkGraph(name, pack.manifest, graph);
      return graph;
    };
    const [audio, motion] = [await open('audio'), await open('motion')];
    const silence = await hearSilence(audio, pack.manifest);
    return new MotionModel(pack.manifest, { audio, motion }, loader.provider, silence);
  }

  /** Samples at 16 kHz that `encode` needs for `block` frames: left context, the frames, lookahead. */
  windowSamples(block: number): number {
    return windowSamples(this.manifest, block);
  }

  /** @param requests windows of one length */
  async encode(requests: readonly HearingRequest[]): Promise<Heard[]> {
    return hear(this.#audio, this.manifest, requests, this.#arrays);
  }

  /**
   * Draws the next block of motion of several sessions, all steps of the sampler in one run.
   * @param requests with the same number of shown frames
   */
  async sample(requests: readonly BlockRequest[], block: number): Promise<Made[]> {
    const { motion, audio, blocks } = this.manifest;
    const blinkFactors = motion.blinkFactor?.[blocks.indexOf(block)] ?? [];
    const batch = requests.length;
    const fresh = requests[0].shown.length / MOTION_SIZE;
    const joined = (name: string, pick: (request: BlockRequest) => Float32Array, ...shape: number[]) =>
      new Tensor('float32', joinBatch(requests.map(pick), this.#arrays, name), [batch, ...shape]);
    const result = await this.#motion.run({
      noise: joined('noise', ({ seed, firstFrame }) => noise(block, seed, firstFrame), block, MOTION_SIZE),
      shown: joined('shown', ({ shown }) => shown, fresh, MOTION_SIZE),
      audio: joined('audio', ({ features }) => features, fresh + block, audio.featureSize),
      memory: joined('memory', ({ memory }) => memory, motion.memoryFrames, motion.memorySize),
      controls: joined('controls', ({ controls }) => blinkingAsAsked(controls, blinkFactors), CONTROL_SIZE),
    });
    const frames = result.frames.data as Float32Array;
    for (let i = 0; i < frames.length; i++) {
      const channel = i % MOTION_SIZE;
      frames[i] = Math.min(motion.max[channel], Math.max(motion.min[channel], frames[i]));
    }
    const kept = splitBatch(result.remembered.data as Float32Array, batch);
    return splitBatch(frames, batch).map((made, i) => ({ frames: made, remembered: kept[i] }));
  }

  /**
   * Runs both graphs at every block size, behind as many frames to be looked at anew as there are at most and at least,
   * so that no session is the first to wait for kernels or TensorRT engines; on an accelerator at every size of a
   * batch, too.
   */
  async warmUp(): Promise<void> {
    const { motion, audio, blocks } = this.manifest;
    const batches = this.#provider === 'cpu' ? [1] : BATCHES;
    for (const [batch, block, fresh] of outermostFirst(batches, blocks, [1, motion.memoryFrames])) {
      const each = <T>(value: T): T[] => new Array<T>(batch).fill(value);
      const heard = fresh === 1 ? block : block + audio.memoryFrames;
      const pcm = new Float32Array(this.windowSamples(heard));
      await this.encode(each({ pcm, memory: new Float32Array(audio.memoryFrames * audio.memorySize) }));
      const shown = new Float32Array((fresh + 1) * MOTION_SIZE);
      const features = new Float32Array((fresh + 1 + block) * audio.featureSize);
      const memory = new Float32Array(motion.memoryFrames * motion.memorySize);
      const controls = new Float32Array(CONTROL_SIZE);
      await this.sample(each({ shown, features, memory, controls, seed: 0, firstFrame: 0 }), block);
    }
  }

  async close(): Promise<void> {
    await this.#audio.release();
    await this.#motion.release();
  }
}

function windowSamples({ audio }: PackManifest, block: number): number {
  return audio.leftContextSamples + (block + audio.lookaheadFrames) * SAMPLES_PER_FRAME;
}

async function hear(
  graph: InferenceSession,
  { audio }: PackManifest,
  requests: readonly HearingRequest[],
  arrays?: ReusedArrays,
): Promise<Heard[]> {
  const batch = requests.length;
  const pcm = joinBatch(
    requests.map((request) => request.pcm),
    arrays,
    'pcm',
  );
  const memory = joinBatch(
    requests.map((request) => request.memory),
    arrays,
    'hearing',
  );
  const { features, remembered } = await graph.run({
    pcm: new Tensor('float32', pcm, [batch, requests[0].pcm.length]),
    memory: new Tensor('float32', memory, [batch, audio.memoryFrames, audio.memorySize]),
  });
  const kept = splitBatch(remembered.data as Float32Array, batch);
  return splitBatch(features.data as Float32Array, batch).map((heard, i) => ({
    features: heard,
    remembered: kept[i],
  }));
}

/** Of a silence that is long enough for nothing to be left of what was in the memory before. */
async function hearSilence(graph: InferenceSession, manifest: PackManifest): Promise<Silence> {
  const { memoryFrames, memorySize, featureSize } = manifest.audio;
  const pcm = new Float32Array(windowSamples(manifest, SILENT_FRAMES));
  const memory = new Float32Array(memoryFrames * memorySize);
  const [{ features, remembered }] = await hear(graph, manifest, [{ pcm, memory }]);
  return { features: features.slice(-featureSize), remembered: remembered.slice(-memorySize) };
}

/** `Float32Array [block, 58]` of standard normal numbers: the same for the same seed and frame. */
function noise(block: number, seed: number, firstFrame: number): Float32Array {
  const x = new Float32Array(block * MOTION_SIZE);
  for (let i = 0; i < block; i++) {
    fillGaussian(x.subarray(i * MOTION_SIZE, (i + 1) * MOTION_SIZE), seed, firstFrame + i);
  }
  return x;
}
