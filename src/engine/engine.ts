import type { Rig } from '../avatar/rig.ts';
import { VultusError } from '../errors.ts';
import type { Controls } from '../model/controls.ts';
import type { ProviderName } from '../model/providers.ts';
import type { Outputs } from '../session/output-takers.ts';
import type { SessionSettings } from '../session/session-api.ts';
import { type EngineListener, EngineWorker } from './engine-worker.ts';
import type { WorkerSettings } from './messages.ts';
import { SessionCost } from './session-cost.ts';

export interface EngineSettings extends WorkerSettings {
  workers: number;
  /** A worker has failed and taken so many sessions along. */
  onWorkerFailure?: (error: VultusError, sessions: number) => void;
  /**
   * A worker takes another session as long as less than this share of its time is then used, 0..1; default: any
   * number.
   */
  mostLoad?: number;
  /** How long `close` waits for a worker that is in the middle of something; default 10 s. */
  closeTimeoutMs?: number;
}

export interface EngineInfo {
  provider: ProviderName;
  pack: { name: string; version: string };
  workers: number;
}

/** A session's line to its worker. */
export interface EngineSession {
  readonly delayMs: number;
  pushVoice(samples: Float32Array, live: boolean): void;
  /** The user was heard talking just now. */
  hearUser(): void;
  endSpeech(): void;
  interrupt(epoch: number): void;
  pause(): void;
  resume(): void;
  setControls(controls: Controls): void;
  setOutputs(outputs: Outputs): void;
  requestKeyFrame(): void;
  setBitrate(bitrateKbps: number): void;
  close(): void;
}

const CLOSE_TIMEOUT_MS = 10_000;
/** A worker that fails so soon after another one is replaced only when a session needs it. */
const CALM_MS = 10_000;

/** Runs live sessions on worker threads, each new one on the thread with the most room. */
export class Engine {
  readonly info: EngineInfo;
  readonly #settings: EngineSettings;
  readonly #workers: EngineWorker[];
  readonly #cost = new SessionCost();
  #closed = false;
  #replacement: Promise<void> | undefined;
  #lastFailureMs = Number.NEGATIVE_INFINITY;

  private constructor(settings: EngineSettings, workers: EngineWorker[], info: EngineInfo) {
    this.#settings = settings;
    this.#workers = workers;
    this.info = info;
    for (const worker of workers) this.#watch(worker);
  }

  /**
   * Resolves once every worker has loaded and checked its graphs.
   * @throws VultusError `pack_invalid`, `provider_unavailable`, `engine_failed`
   */
  static async start(settings: EngineSettings): Promise<Engine> {
    const starts = await Promise.allSettled(
      Array.from({ length: settings.workers }, () => EngineWorker.start(settings)),
    );
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
  ): Promise<EngineSession> {
    if (this.#closed) throw new VultusError('engine_failed', 'the engine is closed');
    await this.#replaceDead();
    if (this.#closed) throw new VultusError('engine_failed', 'the engine is closed');
    const worker = this.#workerFor(settings);
    const delayMs = await worker.open({ type: 'open', session: id, rig, settings, controls }, listener);
    return {
      delayMs,
      pushVoice: (samples, live) => worker.pushVoice(id, samples, live),
      hearUser: () => worker.send({ type: 'user', session: id }),
      endSpeech: () => worker.send({ type: 'speech.end', session: id }),
      interrupt: (epoch) => worker.send({ type: 'interrupt', session: id, epoch }),
      pause: () => worker.send({ type: 'pause', session: id }),
      resume: () => worker.send({ type: 'resume', session: id }),
      setControls: (next) => worker.send({ type: 'controls', session: id, controls: next }),
      setOutputs: (outputs) => worker.send({ type: 'outputs', session: id, outputs }),
      requestKeyFrame: () => worker.send({ type: 'keyframe', session: id }),
      setBitrate: (bitrateKbps) => worker.send({ type: 'bitrate', session: id, bitrateKbps }),
      close: () => worker.close(id),
    };
  }

  /** Ends all sessions' work and waits for the threads, but not forever. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    const { closeTimeoutMs = CLOSE_TIMEOUT_MS } = this.#settings;
    await Promise.all(this.#workers.splice(0).map((worker) => worker.stop(closeTimeoutMs)));
  }

  /** @throws VultusError `at_capacity` */
  #workerFor(settings: SessionSettings): EngineWorker {
    const loads = this.#workers.map((worker) => {
      const promised = worker.settings.reduce((sum, others) => sum + this.#cost.share(others), 0);
      return { worker, load: worker.reduced ? Math.max(1, promised) : Math.max(worker.busy, promised) };
    });
    const least = loads.reduce((best, next) => (next.load < best.load ? next : best));
    const after = least.load + this.#cost.share(settings);
    const { mostLoad = Number.POSITIVE_INFINITY } = this.#settings;
    if (least.worker.sessionCount > 0 && after > mostLoad) {
      const percent = (share: number) => `${Math.round(100 * share)} %`;
      throw new VultusError(
        'at_capacity',
        `the least busy worker would need ${percent(after)} of its time, at most ${percent(mostLoad)} is given away`,
      );
    }
    return least.worker;
  }

  #watch(worker: EngineWorker): void {
    worker.onStats = (settings, stats) => this.#cost.learn(settings, stats);
    worker.onFailure = (error, sessions) => {
      this.#settings.onWorkerFailure?.(error, sessions);
      const calm = performance.now() - this.#lastFailureMs > CALM_MS;
      this.#lastFailureMs = performance.now();
      // Where that fails too, the next session that is opened is told why.
      if (calm) this.#replaceDead().catch(() => {});
    };
  }

  /** A crashed worker takes only its own sessions along; the next session finds a fresh one. */
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
