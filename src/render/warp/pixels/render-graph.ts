/** The pack's `render.onnx` (graph: models/training/vultus_training/render_export.py), several pictures in one run. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { BATCHES, filledBatch, joinBatch, splitBatch } from '../../../model/batches.ts';
import { outermostFirst } from '../../../model/warm-up.ts';

/** What one picture is drawn of, by the graph's names. `size`: side of the map; the picture's is twice that. */
export interface RenderFeeds {
  size: number;
  /** `[2, size, size]` */
  map: Float32Array;
  /** `[2, 2·size, 2·size]` */
  personLuma: Float32Array;
  /** `[3, size, size]` */
  personChroma: Float32Array;
  /** `[1, 2·size, 2·size]` */
  backgroundLuma: Float32Array;
  /** `[2, size, size]` */
  backgroundChroma: Float32Array;
}

interface Waiting {
  feeds: RenderFeeds;
  resolve(picture: Uint8Array): void;
  reject(cause: unknown): void;
}

/** Sides of pictures: smallest, usual and largest. */
const WARM_SIZES: readonly number[] = [256, 512, 1024];

export class RenderGraph {
  readonly #session: InferenceSession;
  #waiting: Waiting[] = [];

  constructor(session: InferenceSession) {
    this.#session = session;
  }

  /**
   * Draws one picture. Those of one size that are asked for without a pause between share a run.
   * @returns I420 data of the whole picture
   */
  draw(feeds: RenderFeeds): Promise<Uint8Array> {
    if (this.#waiting.length === 0) queueMicrotask(() => this.#drawWaiting());
    return new Promise((resolve, reject) => this.#waiting.push({ feeds, resolve, reject }));
  }

  /** Runs every batch at several sizes, so that no session waits for kernels or engines. */
  async warmUp(): Promise<void> {
    for (const [batch, size] of outermostFirst(BATCHES, WARM_SIZES)) {
      await this.#run(new Array(batch).fill(blank(size / 2)));
    }
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #drawWaiting(): void {
    const bySize = Map.groupBy(this.#waiting, ({ feeds }) => feeds.size);
    this.#waiting = [];
    for (const together of bySize.values()) {
      while (together.length > 0) void this.#answer(together.splice(0, filledBatch(together.length)));
    }
  }

  async #answer(batch: Waiting[]): Promise<void> {
    try {
      const pictures = await this.#run(batch.map(({ feeds }) => feeds));
      for (const [i, { resolve }] of batch.entries()) resolve(pictures[i]);
    } catch (cause) {
      if (batch.length === 1) batch[0].reject(cause);
      // One of them is to blame: alone, only that one fails.
      else for (const one of batch) await this.#answer([one]);
    }
  }

  async #run(batch: readonly RenderFeeds[]): Promise<Uint8Array[]> {
    const { size: half } = batch[0];
    const size = 2 * half;
    const input = (name: Exclude<keyof RenderFeeds, 'size'>, planes: number, side: number) =>
      new Tensor('float32', joinBatch(batch.map((feeds) => feeds[name])), [batch.length, planes, side, side]);
    const { picture } = await this.#session.run({
      map: input('map', 2, half),
      personLuma: input('personLuma', 2, size),
      personChroma: input('personChroma', 3, half),
      backgroundLuma: input('backgroundLuma', 1, size),
      backgroundChroma: input('backgroundChroma', 2, half),
    });
    return splitBatch(picture.data as Uint8Array, batch.length);
  }
}

function blank(size: number): RenderFeeds {
  const planes = (count: number) => new Float32Array(count * size * size);
  return {
    size,
    map: planes(2),
    personLuma: planes(8),
    personChroma: planes(3),
    backgroundLuma: planes(4),
    backgroundChroma: planes(2),
  };
}
