import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { VultusError } from '../errors.ts';
import { BUILTIN_PACK } from '../model/pack.ts';
import type { AnalysisReply, AnalysisRequest } from './analysis-messages.ts';
import { MAX_PORTRAIT_BYTES } from './picture.ts';
import type { Rig } from './rig.ts';

/** Turns portraits into rigs, in a thread of its own, so that the caller's event loop never waits. */
export class AvatarFactory {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PromiseWithResolvers<Rig>>();
  #nextId = 0;
  #closed = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (reply: AnalysisReply) => this.#settle(reply));
    worker.on('error', (cause) =>
      this.#failAll(new VultusError('internal', 'portrait analysis failed', { cause })),
    );
    worker.on('exit', () => this.#failAll(new VultusError('internal', 'portrait analysis has ended')));
  }

  /**
   * Loads the networks, which takes about a second.
   * @throws VultusError `pack_invalid`, `internal`
   */
  static async create({ packDirectory = BUILTIN_PACK } = {}): Promise<AvatarFactory> {
    const worker = new Worker(new URL('./analysis-worker.ts', import.meta.url), {
      workerData: { packDirectory },
      // What the networks' libraries print is no part of our log.
      stdout: true,
      stderr: true,
    });
    const [first] = (await once(worker, 'message')) as [AnalysisReply];
    if (first.type === 'error') {
      await worker.terminate();
      throw new VultusError(first.code, first.detail);
    }
    worker.unref();
    return new AvatarFactory(worker);
  }

  /**
   * `bytes`: a PNG, JPEG, WebP or AVIF file. `faceIndex` chooses among several faces, largest first.
   * @throws VultusError with a `portrait_…` code
   */
  async buildRig(bytes: Uint8Array, options: { faceIndex?: number } = {}): Promise<Rig> {
    if (this.#closed) throw new VultusError('internal', 'the avatar factory is closed');
    if (bytes.byteLength > MAX_PORTRAIT_BYTES) {
      throw new VultusError('portrait_too_many_bytes', `${bytes.byteLength} bytes`);
    }
    const id = this.#nextId++;
    const pending = Promise.withResolvers<Rig>();
    this.#pending.set(id, pending);
    // While a portrait is being analysed the process stays alive for it.
    this.#worker.ref();
    // A plain copy: the bytes may be a view into a larger (pooled) buffer.
    this.#worker.postMessage({ id, bytes: new Uint8Array(bytes), ...options } satisfies AnalysisRequest);
    return pending.promise;
  }

  #settle(reply: AnalysisReply): void {
    if (reply.type === 'ready' || reply.id === 'start') return;
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (reply.type === 'rig') pending?.resolve(reply.rig);
    else pending?.reject(new VultusError(reply.code, reply.detail));
  }

  #failAll(error: VultusError): void {
    this.#closed = true;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }

  /** Idempotent. Portraits in work are given up. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
  }
}
