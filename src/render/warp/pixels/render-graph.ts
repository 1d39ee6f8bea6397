/** The pack's `render.onnx` (graph: models/training/vultus_training/render_export.py), several pictures in one run. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { PlaneSize } from '../../../image/planes.ts';
import { BATCHES, filledBatch, joinBatch, splitBatch } from '../../../model/batches.ts';
import { outermostFirst } from '../../../model/warm-up.ts';

/** What one picture is drawn of, by the graph's names. `width`, `height`: of the map; the picture's are twice that. */
export interface RenderFeeds extends PlaneSize {
  /** Of the person's luma; chroma's is half that. */
  texture: PlaneSize;
  /** `[2, height, width]` */
  map: Float32Array;
  /** `[2, texture.height, texture.width]` */
  personLuma: Float32Array;
  /** `[3, texture.height/2, texture.width/2]` */
  personChroma: Float32Array;
  /** `[1, 2·height, 2·width]` */
  backgroundLuma: Float32Array;
  /** `[2, height, width]` */
  backgroundChroma: Float32Array;
}

interface Waiting {
  feeds: RenderFeeds;
  resolve(picture: Uint8Array): void;
  reject(cause: unknown): void;
}

/** Sides of pictures: smallest, usual and largest. TensorRT's engines are built for what lies between. */
const WARM_SIZES: readonly number[] = [256, 512, 1024];

export class RenderGraph {
  readonly #session: InferenceSession;
  #waiting: Waiting[] = [];

  constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** Whether it is made for pictures and textures of these sizes; the processor draws others. */
  static suits(...sizes: readonly PlaneSize[]): boolean {
    const [smallest, largest] = [Math.min(...WARM_SIZES), Math.max(...WARM_SIZES)];
    const sides = sizes.flatMap(({ width, height }) => [width, height]);
    return Math.min(...sides) >= smallest && Math.max(...sides) <= largest;
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
    const bySize = Map.groupBy(this.#waiting, ({ feeds }) => sizesOf(feeds));
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
    const { width, height, texture } = batch[0];
    const picture = { width: 2 * width, height: 2 * height };
    const half = { width: texture.width / 2, height: texture.height / 2 };
    const input = (name: PlaneNames, planes: number, size: PlaneSize) =>
      new Tensor('float32', joinBatch(batch.map((feeds) => feeds[name])), [
        ...[batch.length, planes],
        ...[size.height, size.width],
      ]);
    const drawn = await this.#session.run({
      map: input('map', 2, { width, height }),
      personLuma: input('personLuma', 2, texture),
      personChroma: input('personChroma', 3, half),
      backgroundLuma: input('backgroundLuma', 1, picture),
      backgroundChroma: input('backgroundChroma', 2, { width, height }),
    });
    return splitBatch(drawn.picture.data as Uint8Array, batch.length);
  }
}

type PlaneNames = Exclude<keyof RenderFeeds, keyof PlaneSize | 'texture'>;

/** What has to be the same for pictures to share a run. */
function sizesOf({ width, height, texture }: RenderFeeds): string {
  return `${width}×${height} of ${texture.width}×${texture.height}`;
}

function blank(size: number): RenderFeeds {
  const planes = (count: number) => new Float32Array(count * size * size);
  return {
    ...{ width: size, height: size },
    texture: { width: 2 * size, height: 2 * size },
    map: planes(2),
    personLuma: planes(8),
    personChroma: planes(3),
    backgroundLuma: planes(4),
    backgroundChroma: planes(2),
  };
}
