import type { Controls } from '../../contract/controls.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import { toVultusError, VultusError } from '../../errors.ts';
import { mayBuildEngines } from '../../model/provider-table.ts';
import type { Rig } from '../../render/renderer.ts';
import type { EngineNode, NodeInfo, NodeLoad } from '../node.ts';
import type { ProcessSettings } from '../process-messages.ts';
import { Admission } from './admission.ts';
import type { EngineListener } from './engine-listener.ts';
import { EngineProcess, type EngineProcessOptions } from './engine-process.ts';
import { PooledNode, type PooledNodeListener } from './pooled-node.ts';
import { SessionLine } from './session-line.ts';
import { workOf } from './session-work.ts';

export interface EnginePoolSettings
  extends ProcessSettings,
    Pick<EngineProcessOptions, 'silenceS' | 'partLimitS' | 'closeTimeoutMs'> {
  processes: number;
  /** A process has failed that ran so many sessions, or could not be replaced. */
  onFailure?: (error: VultusError, sessions: number) => void;
  /**
   * A process takes another session as long as less than this share of its time is then used, 0..1; default: any
   * number.
   */
  mostLoad?: number;
}

export interface EngineInfo extends NodeInfo {
  processes: number;
}

/** A process that fails so soon after another one, or after a replacement that did not start, is given time. */
const CALM_MS = 10_000;

/** Runs live sessions in engine processes, each new one where there is the most room. */
export class EnginePool {
  readonly info: EngineInfo;
  readonly admission: Admission;
  readonly #settings: EnginePoolSettings;
  /** Those that run. */
  #nodes: PooledNode[];
  readonly #closing = new AbortController();
  #replacement: Promise<void> | undefined;
  #refillTimer: NodeJS.Timeout | undefined;
  #lastFailureMs = Number.NEGATIVE_INFINITY;

  private constructor(settings: EnginePoolSettings, nodes: EngineNode[]) {
    this.#settings = settings;
    this.info = { ...nodes[0].info, processes: settings.processes };
    this.admission = new Admission(settings.mostLoad ?? Number.POSITIVE_INFINITY);
    this.#nodes = nodes.map((node) => new PooledNode(node, this.#listener));
  }

  /**
   * Resolves once every process has loaded and checked its graphs.
   * @throws VultusError `pack_invalid`, `provider_unavailable`, `engine_failed`
   */
  static async start(settings: EnginePoolSettings): Promise<EnginePool> {
    const failure = new AbortController();
    const start = () => EngineProcess.start(settings, { ...settings, signal: failure.signal });
    const starts = [start()];
    // What the first one builds, the others find in the cache.
    if (mayBuildEngines(settings.provider)) await starts[0];
    while (starts.length < settings.processes) starts.push(start());
    try {
      return new EnginePool(settings, await Promise.all(starts));
    } catch (cause) {
      failure.abort();
      const started = await Promise.allSettled(starts);
      // Those that did start would keep the server alive.
      await Promise.all(started.map((one) => one.status === 'fulfilled' && one.value.close()));
      throw cause;
    }
  }

  get sessionCount(): number {
    return this.#nodes.reduce((sum, { sessionCount }) => sum + sessionCount, 0);
  }

  /** Those that run now. */
  get processCount(): number {
    return this.#nodes.length;
  }

  /** What the processes that run said of themselves last. */
  get loads(): NodeLoad[] {
    return this.#nodes.map(({ node }) => node.load);
  }

  /**
   * Whether a session would be taken now, as far as that is known while no process has to be started for it.
   * @throws VultusError `at_capacity`
   */
  assertRoom(settings: SessionSettings): void {
    if (this.#nodes.length > 0) this.admission.choose(this.#nodes, workOf(settings));
  }

  /**
   * A session that would make others late is not taken; the first one of a process always is.
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
    // As long as one process runs, nobody waits for another one's replacement.
    if (this.#nodes.length === 0) await this.#startReplacement();
    this.#assertOpen();
    const { lifetimes } = this.admission;
    const onEnd = () => {
      for (const node of this.#nodes) node.forget(line);
      lifetimes.ended(id);
    };
    const line = new SessionLine({ id, rig, settings, controls, listener, onEnd });
    await this.admission.choose(this.#nodes, line.work).open(line);
    lifetimes.started(id);
    return line;
  }

  /** How many more sessions of these settings would be taken now. */
  headroom(settings: SessionSettings): number {
    return this.admission.headroom(this.#nodes, workOf(settings));
  }

  /** Ends all sessions' work and every process. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#refillTimer);
    await Promise.all([...this.#nodes.map(({ node }) => node.close()), this.#replacement?.catch(() => {})]);
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw new VultusError('engine_failed', 'the engine is closed');
  }

  readonly #listener: PooledNodeListener = {
    stats: (node, work, stats) => this.admission.learn(node, work, stats),
    failed: (failed, error, lines) => {
      this.#nodes = this.#nodes.filter((node) => node !== failed);
      this.#settings.onFailure?.(error, lines.length);
      const calm = performance.now() - this.#lastFailureMs > CALM_MS;
      this.#lastFailureMs = performance.now();
      const moves = lines.map((line) => this.#move(line, error));
      // Only when they are at home: a process that starts would take from them what they need to go on.
      void Promise.all(moves).then(() => this.#refill(calm ? 0 : CALM_MS));
    },
  };

  /** A session goes on at once where there is room, otherwise on the replacement, or ends with the reason. */
  async #move(line: SessionLine, reason: VultusError): Promise<void> {
    if (!line.mayMove()) return line.fail(reason);
    let node = this.#roomFor(line);
    try {
      if (!node) {
        await this.#startReplacement();
        node = this.#roomFor(line);
      }
      // It may have been closed in the meantime.
      if (line.closed) return;
      if (!node) throw reason;
      await node.open(line);
      const message = 'Its engine process failed; another one goes on with the session.';
      line.tell({ name: 'warning', value: { code: 'session_moved', message } });
    } catch (cause) {
      // A node that fails meanwhile has its sessions moved again.
      if (!node || this.#nodes.includes(node)) line.fail(toVultusError(cause));
    }
  }

  #roomFor({ work }: SessionLine): PooledNode | undefined {
    try {
      return this.admission.choose(this.#nodes, work, { moves: true });
    } catch {
      return undefined;
    }
  }

  /** Lets the pool become whole again, in the background. */
  #refill(afterMs: number): void {
    clearTimeout(this.#refillTimer);
    const missing = this.#settings.processes - this.#nodes.length;
    if (missing <= 0 || this.#closing.signal.aborted) return;
    this.#refillTimer = setTimeout(() => {
      this.#startReplacement().then(
        () => this.#refill(0),
        (cause) => {
          if (!this.#closing.signal.aborted) this.#settings.onFailure?.(toVultusError(cause), 0);
          this.#refill(CALM_MS);
        },
      );
    }, afterMs).unref();
  }

  /** Those that need one at the same time wait for the same. */
  #startReplacement(): Promise<void> {
    this.#replacement ??= EngineProcess.start(this.#settings, {
      ...this.#settings,
      signal: this.#closing.signal,
    })
      .then((fresh) => {
        if (this.#closing.signal.aborted) return fresh.close();
        this.#nodes.push(new PooledNode(fresh, this.#listener));
      })
      .finally(() => {
        this.#replacement = undefined;
      });
    return this.#replacement;
  }
}
