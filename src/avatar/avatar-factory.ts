import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { VultusError } from '../errors.ts';
import { MAX_IMAGE_FILE_BYTES } from '../image/image-file.ts';
import { BUILTIN_PACK } from '../model/pack.ts';
import type { AnalysedPortrait, AnalysisReply, AnalysisRequest } from './analysis-messages.ts';

export type { AnalysedPortrait } from './analysis-messages.ts';

/** Portraits that wait to be analysed at most: each holds its file in memory. */
const MAX_WAITING = 16;
/** The portrait in work takes a second or two; ending a thread within a run of a network ends the process. */
const LAST_PORTRAIT_MS = 10_000;

/**
 * Turns portraits into rigs, by the analysis of a pack's renderer, in a thread of its own, so that the caller's event loop never waits. A thread that
 * fails takes the portraits in work along; the next portrait starts a new one.
 */
export class AvatarFactory {
  readonly #packDirectory: string;
  readonly #pending = new Map<number, PromiseWithResolvers<AnalysedPortrait>>();
  #thread: Promise<Worker> | undefined;
  #rigKey = '';
  #nextId = 0;
  #closed = false;

  private constructor(packDirectory: string) {
    this.#packDirectory = packDirectory;
  }

  /**
   * Checks the pack and loads the networks of its renderer, which takes about a second.
   * @throws VultusError `pack_invalid`, `internal`
   */
  static async create({ packDirectory = BUILTIN_PACK } = {}): Promise<AvatarFactory> {
    const factory = new AvatarFactory(packDirectory);
    await factory.#running();
    return factory;
  }

  /** Of the rigs that it makes, see rig-key.ts. */
  get rigKey(): string {
    return this.#rigKey;
  }

  /**
   * `bytes`: a PNG, JPEG, WebP or AVIF file. `faceIndex` chooses among several faces, largest first.
   * @throws VultusError with a `portrait_…` code, `at_capacity`, `internal`
   */
  async analyse(bytes: Uint8Array, options: { faceIndex?: number } = {}): Promise<AnalysedPortrait> {
    if (this.#closed) throw new VultusError('internal', 'the avatar factory is closed');
    if (bytes.byteLength > MAX_IMAGE_FILE_BYTES) {
      throw new VultusError('portrait_too_many_bytes', `${bytes.byteLength} bytes`);
    }
    if (this.#pending.size >= MAX_WAITING) {
      throw new VultusError('at_capacity', `${MAX_WAITING} portraits are waiting already`);
    }
    const id = this.#nextId++;
    const pending = Promise.withResolvers<AnalysedPortrait>();
    this.#pending.set(id, pending);
    try {
      const thread = await this.#running();
      // While a portrait is being analysed the process stays alive for it.
      thread.ref();
      // A plain copy: the bytes may be a view into a larger (pooled) buffer.
      const copy = new Uint8Array(bytes);
      thread.postMessage({ type: 'portrait', id, bytes: copy, ...options } satisfies AnalysisRequest);
    } catch (cause) {
      this.#pending.delete(id);
      throw cause;
    }
    return pending.promise;
  }

  #running(): Promise<Worker> {
    this.#thread ??= this.#start().catch((cause) => {
      this.#thread = undefined;
      throw cause;
    });
    return this.#thread;
  }

  async #start(): Promise<Worker> {
    const thread = new Worker(new URL('./analysis-thread.ts', import.meta.url), {
      workerData: { packDirectory: this.#packDirectory },
      // What the networks' libraries print is no part of our log.
      stdout: true,
      stderr: true,
    });
    const [first] = (await once(thread, 'message')) as [AnalysisReply];
    if (first.type === 'error') {
      await thread.terminate();
      throw new VultusError(first.code, first.detail);
    }
    if (first.type === 'ready') this.#rigKey = first.rigKey;
    thread.on('message', (reply: AnalysisReply) => this.#settle(thread, reply));
    thread.on('error', (cause) =>
      this.#failAll(new VultusError('internal', `portrait analysis failed: ${cause.message}`, { cause })),
    );
    thread.on('exit', () => this.#failAll(new VultusError('internal', 'portrait analysis has ended')));
    thread.unref();
    return thread;
  }

  #settle(thread: Worker, reply: AnalysisReply): void {
    if (reply.type === 'ready' || reply.id === 'start') return;
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) thread.unref();
    if (reply.type === 'analysed') pending?.resolve(reply.portrait);
    else pending?.reject(new VultusError(reply.code, reply.detail));
  }

  #failAll(error: VultusError): void {
    this.#thread = undefined;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }

  /** Idempotent. Portraits in work are given up. */
  async close(): Promise<void> {
    this.#closed = true;
    const thread = await this.#thread?.catch(() => undefined);
    if (!thread) return;
    this.#failAll(new VultusError('internal', 'the avatar factory is closed'));
    const ended = once(thread, 'exit');
    // Its end is waited for, also where nothing else keeps the process alive.
    thread.ref();
    thread.postMessage({ type: 'close' } satisfies AnalysisRequest);
    await Promise.race([ended, sleep(LAST_PORTRAIT_MS, undefined, { ref: false })]);
    await thread.terminate();
  }
}
