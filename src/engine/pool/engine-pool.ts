import type { Controls } from '../../contract/controls.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import { toVultusError, VultusError } from '../../errors.ts';
import type { ProviderName } from '../../model/providers.ts';
import type { Rig } from '../../render/warp/rig.ts';
import type { WorkerSettings } from '../messages.ts';
import { Admission } from './admission.ts';
import { EngineWorker } from './engine-process.ts';
import { type EngineListener, SessionLine } from './session-line.ts';

export interface EngineSettings extends WorkerSettings {
  workers: number;
  /** A worker has failed that ran so many sessions. */
  onWorkerFailure?: (error: VultusError, sessions: number) => void;
  /**
   * A worker takes another session as long as less than this share of its time is then used, 0..1; default: any
   * number.
   */
  mostLoad?: number;
  /** A worker with sessions that says nothing for so many seconds is taken as failed; default 10. */
  silenceS?: number;
  /** How long `close` waits for a worker that is in the middle of something; default 10 s. */
  closeTimeoutMs?: number;
}

export interface EngineInfo {
  provider: ProviderName;
  pack: { name: string; version: string };
  workers: number;
}

const CLOSE_TIMEOUT_MS = 10_000;
/** A worker that fails so soon after another one is replaced only when a session needs it. */
const CALM_MS = 10_000;

/** Runs live sessions on worker threads, each new one on the thread with the most room. */
export class Engine {
  readonly info: EngineInfo;
  readonly admission: Admission;
  readonly #settings: EngineSettings;
  readonly #workers: EngineWorker[];
  /** Those of before, too: a thread may outlive its worker. */
  readonly #started = new Set<EngineWorker>();
  #closed = false;
  #replacement: Promise<void> | undefined;
  #lastFailureMs = Number.NEGATIVE_INFINITY;

  private constructor(settings: EngineSettings, workers: EngineWorker[], info: EngineInfo) {
    this.#settings = settings;
    this.#workers = workers;
    this.info = info;
    this.admission = new Admission(settings.mostLoad ?? Number.POSITIVE_INFINITY);
    for (const worker of workers) this.#watch(worker);
  }

  /**
   * Resolves once every worker has loaded and checked its graphs.
   * @throws VultusError `pack_invalid`, `provider_unavailable`, `engine_failed`
   */
  static async start(settings: EngineSettings): Promise<Engine> {
    // The first one alone: what it builds for a GPU, the others find in the cache.
    const first = await EngineWorker.start(settings);
    const starts = await Promise.allSettled([
      first,
      ...Array.from({ length: settings.workers - 1 }, () => EngineWorker.start(settings)),
    ]);
    const workers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const failure = starts.find((start) => start.status === 'rejected');
    if (failure) {
      // Those that did start would keep the process alive.
      await Promise.all(workers.map((worker) => worker.stop(CLOSE_TIMEOUT_MS)));
      throw failure.reason;
    }
    const { provider, pack } = workers[0].started;
    return new Engine(settings, workers, { provider, pack, workers: settings.workers });
  }

  /** Whether any thread runs; after `close`, one that could not be stopped. */
  get running(): boolean {
    return [...this.#started].some(({ ended }) => !ended);
  }

  get sessionCount(): number {
    return this.#workers.reduce((sum, worker) => sum + worker.sessionCount, 0);
  }

  /**
   * A session that would make others late is not taken; the first one of a worker always is.
   * @throws VultusError `at_capacity`, `engine_failed`, `pack_invalid`, `provider_unavailable`
   */
  async open(
    id: string,
    rig: Rig,
    settings: SessionSettings,
    controls: Controls,
    listener: EngineListener,
  ): Promise<SessionLine> {
    this.#assertOpen();
    await this.#replaceDead();
    this.#assertOpen();
    const { lifetimes } = this.admission;
    const onEnd = () => lifetimes.ended(id);
    const line = new SessionLine({ id, rig, settings, controls, listener, onEnd });
    await line.openOn(this.#workerFor(settings));
    lifetimes.started(id);
    return line;
  }

  /** Ends all sessions' work and waits for the threads, but not forever. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    const { closeTimeoutMs = CLOSE_TIMEOUT_MS } = this.#settings;
    await Promise.all(this.#workers.splice(0).map((worker) => worker.stop(closeTimeoutMs)));
  }

  #assertOpen(): void {
    if (this.#closed) throw new VultusError('engine_failed', 'the engine is closed');
  }

  #workerFor(settings: SessionSettings): EngineWorker {
    return this.admission.choose(
      this.#workers.filter(({ dead }) => !dead),
      settings,
    );
  }

  #watch(worker: EngineWorker): void {
    for (const before of this.#started) if (before.ended) this.#started.delete(before);
    this.#started.add(worker);
    worker.onStats = (settings, stats) => this.admission.learn(worker, settings, stats);
    worker.onFailure = (error, lines) => {
      this.#settings.onWorkerFailure?.(error, lines.length);
      const calm = performance.now() - this.#lastFailureMs > CALM_MS;
      this.#lastFailureMs = performance.now();
      // Where that fails too, the next session that is opened is told why.
      if (calm) this.#replaceDead().catch(() => {});
      for (const line of lines) void this.#move(line, error);
    };
  }

  /** A session goes on at once where there is room, otherwise on the replacement, or ends with the reason. */
  async #move(line: SessionLine, reason: VultusError): Promise<void> {
    if (!line.mayMove()) return line.fail(reason);
    try {
      let worker: EngineWorker;
      try {
        worker = this.#workerFor(line.settings);
      } catch {
        await this.#replaceDead();
        this.#assertOpen();
        worker = this.#workerFor(line.settings);
      }
      // It may have been closed in the meantime.
      if (line.closed) return;
      await line.openOn(worker);
      const message = `Its engine worker failed; another one goes on with the session.`;
      line.tell({ name: 'warning', value: { code: 'session_moved', message } });
    } catch (cause) {
      line.fail(toVultusError(cause));
    }
  }

  /** A worker that crashed is replaced; the next session finds a fresh one. */
  async #replaceDead(): Promise<void> {
    while (!this.#closed && this.#workers.some(({ dead }) => dead)) {
      // Sessions that open at the same time wait for the same replacement.
      this.#replacement ??= this.#startReplacement().finally(() => {
        this.#replacement = undefined;
      });
      await this.#replacement;
    }
  }

  async #startReplacement(): Promise<void> {
    const fresh = await EngineWorker.start(this.#settings);
    const at = this.#workers.findIndex(({ dead }) => dead);
    if (this.#closed || at < 0) return fresh.stop(CLOSE_TIMEOUT_MS);
    this.#watch(fresh);
    this.#workers[at] = fresh;
  }
}
