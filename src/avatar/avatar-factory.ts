import type { FaceChoice } from '../contract/face-points.ts';
import { VultusError } from '../errors.ts';
import { MAX_IMAGE_FILE_BYTES } from '../image/image-file.ts';
import { BUILTIN_PACK } from '../model/pack.ts';
import { ANALYSIS_LIMITS, type AnalysisLimits } from './analysis-limits.ts';
import { AnalysisProcess } from './analysis-process.ts';
import type { AnalysedPortrait } from './process/messages.ts';

export type { AnalysedPortrait } from './process/messages.ts';

/** Portraits that wait to be analysed at most: each holds its file in memory. */
const MAX_WAITING = 16;

export interface AvatarFactoryOptions {
  packDirectory?: string;
  /** Default: `ANALYSIS_LIMITS`. */
  limits?: Partial<AnalysisLimits>;
  /** The analysis process has ended unasked. */
  onFailure?: (error: VultusError) => void;
}

export interface PortraitOptions extends FaceChoice {
  /** Gives a portrait up that still waits. */
  signal?: AbortSignal;
}

interface WaitingPortrait extends PromiseWithResolvers<AnalysedPortrait> {
  bytes: Uint8Array;
  choice: FaceChoice;
}

/**
 * Turns portraits into rigs, by the analysis of a pack's renderer, one after the other in a process of its own that
 * lets all others go first. Whatever a portrait does to that process is told to its sender; those that wait are
 * analysed by a new one.
 */
export class AvatarFactory {
  readonly #packDirectory: string;
  readonly #limits: AnalysisLimits;
  readonly #onFailure: (error: VultusError) => void;
  readonly #waiting: WaitingPortrait[] = [];
  /** The last one that was started; it may have ended since. */
  #process: Promise<AnalysisProcess> | undefined;
  #rigKey = '';
  #busy = false;
  #closed = false;

  private constructor({ packDirectory, limits, onFailure }: AvatarFactoryOptions) {
    this.#packDirectory = packDirectory ?? BUILTIN_PACK;
    this.#limits = { ...ANALYSIS_LIMITS, ...limits };
    this.#onFailure = onFailure ?? (() => {});
  }

  /**
   * Checks the pack and loads the networks of its renderer, which takes about a second.
   * @throws VultusError `pack_invalid`, `analysis_failed`
   */
  static async create(options: AvatarFactoryOptions = {}): Promise<AvatarFactory> {
    const factory = new AvatarFactory(options);
    const { rigKey } = await factory.#fitProcess();
    factory.#rigKey = rigKey;
    return factory;
  }

  /** Of the rigs that it makes, see rig-key.ts. */
  get rigKey(): string {
    return this.#rigKey;
  }

  /**
   * `bytes`: a PNG, JPEG, WebP or AVIF file, not to be changed until it is analysed.
   * @throws VultusError with a `portrait_…` code, `server_busy`, `analysis_failed`, `request_aborted`, and
   *   `shutting_down` once this is closed
   */
  async analyse(bytes: Uint8Array, { signal, ...choice }: PortraitOptions = {}): Promise<AnalysedPortrait> {
    if (this.#closed) throw closedError();
    if (bytes.byteLength > MAX_IMAGE_FILE_BYTES) {
      throw new VultusError('portrait_too_many_bytes', `${bytes.byteLength} bytes`);
    }
    if (this.#waiting.length >= MAX_WAITING) {
      throw new VultusError('server_busy', `${MAX_WAITING} portraits are waiting already`);
    }
    if (signal?.aborted) throw new VultusError('request_aborted');
    const portrait = { ...Promise.withResolvers<AnalysedPortrait>(), bytes, choice };
    const giveUp = () => {
      const place = this.#waiting.indexOf(portrait);
      if (place < 0) return;
      this.#waiting.splice(place, 1);
      portrait.reject(new VultusError('request_aborted'));
    };
    signal?.addEventListener('abort', giveUp);
    this.#waiting.push(portrait);
    void this.#workThrough();
    try {
      return await portrait.promise;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  async #workThrough(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { bytes, choice, resolve, reject } = next;
      await this.#fitProcess()
        .then((one) => one.analyse(bytes, choice))
        .then(resolve, reject);
      // At once, so that nobody has to wait for a new process. If it cannot start, the next portrait hears of it.
      await this.#fitProcess().catch(() => {});
    }
    this.#busy = false;
  }

  /** Calls of it never overlap. */
  async #fitProcess(): Promise<AnalysisProcess> {
    const last = await this.#process?.catch(() => undefined);
    if (last?.fit) return last;
    await last?.end(new VultusError('analysis_failed', 'its process is replaced'));
    if (this.#closed) throw closedError();
    this.#process = AnalysisProcess.start(this.#packDirectory, this.#limits, this.#onFailure);
    return this.#process;
  }

  /** Idempotent. Portraits that wait or are in work are given up. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closedError());
    const last = await this.#process?.catch(() => undefined);
    await last?.end(closedError());
  }
}

function closedError(): VultusError {
  return new VultusError('shutting_down', 'no portraits are analysed any more');
}
