import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Rig } from '../avatar/rig.ts';
import { VultusError } from '../errors.ts';
import type { Controls } from '../model/controls.ts';
import type { ProviderName } from '../model/providers.ts';
import type { Outputs } from '../session/output-takers.ts';
import type { SessionSettings } from '../session/session-api.ts';
import type { FromWorker, ToWorker, WorkerEvent, WorkerSettings } from './messages.ts';

export interface EngineSettings extends WorkerSettings {
  workers: number;
}

export interface EngineInfo {
  provider: ProviderName;
  pack: { name: string; version: string };
  workers: number;
}

/** What the engine tells the owner of a session. */
export interface EngineListener {
  event(event: WorkerEvent): void;
  /** `fatal`: the engine has already ended the session. */
  error(error: VultusError, fatal: boolean): void;
}

/** A session's line to its worker. */
export interface EngineSession {
  readonly delayMs: number;
  pushVoice(samples: Float32Array, live: boolean): void;
  /** The user was heard talking just now. */
  hearUser(): void;
  endSpeech(): void;
  interrupt(epoch: number): void;
  setControls(controls: Controls): void;
  setOutputs(outputs: Outputs): void;
  requestKeyFrame(): void;
  setBitrate(bitrateKbps: number): void;
  close(): void;
}

interface Attached {
  listener: EngineListener;
  opened: PromiseWithResolvers<number>;
}

/** Runs live sessions on worker threads, each new one on the thread with the fewest. */
export class Engine {
  readonly info: EngineInfo;
  readonly #settings: EngineSettings;
  readonly #workers: EngineWorker[];
  #closed = false;
  #replacement: Promise<void> | undefined;

  private constructor(settings: EngineSettings, workers: EngineWorker[], info: EngineInfo) {
    this.#settings = settings;
    this.#workers = workers;
    this.info = info;
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
      await Promise.all(workers.map((worker) => worker.stop()));
      throw failure.reason;
    }
    const { provider, pack } = workers[0].started;
    return new Engine(settings, workers, { provider, pack, workers: settings.workers });
  }

  get sessionCount(): number {
    return this.#workers.reduce((sum, worker) => sum + worker.sessions.size, 0);
  }

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
    const worker = this.#workers.reduce((least, next) =>
      next.sessions.size < least.sessions.size ? next : least,
    );
    const opened = Promise.withResolvers<number>();
    worker.sessions.set(id, { listener, opened });
    worker.send({ type: 'open', session: id, rig, settings, controls });
    const delayMs = await opened.promise;
    return {
      delayMs,
      pushVoice: (samples, live) => worker.send({ type: 'voice', session: id, samples, live }),
      hearUser: () => worker.send({ type: 'user', session: id }),
      endSpeech: () => worker.send({ type: 'speech.end', session: id }),
      interrupt: (epoch) => worker.send({ type: 'interrupt', session: id, epoch }),
      setControls: (next) => worker.send({ type: 'controls', session: id, controls: next }),
      setOutputs: (outputs) => worker.send({ type: 'outputs', session: id, outputs }),
      requestKeyFrame: () => worker.send({ type: 'keyframe', session: id }),
      setBitrate: (bitrateKbps) => worker.send({ type: 'bitrate', session: id, bitrateKbps }),
      close: () => {
        worker.sessions.delete(id);
        worker.send({ type: 'close', session: id });
      },
    };
  }

  /** Ends all sessions' work and waits for the threads. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#workers.splice(0).map((worker) => worker.stop()));
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
    if (this.#closed || at < 0) await fresh.stop();
    else this.#workers[at] = fresh;
  }
}

class EngineWorker {
  readonly sessions = new Map<string, Attached>();
  readonly started: Extract<FromWorker, { type: 'started' }>;
  dead = false;
  readonly #thread: Worker;

  private constructor(thread: Worker, started: Extract<FromWorker, { type: 'started' }>) {
    this.#thread = thread;
    this.started = started;
    thread.on('message', (message: FromWorker) => this.#receive(message));
    thread.on('error', (cause) => this.#die(new VultusError('engine_failed', cause.message, { cause })));
    thread.on('exit', () => this.#die(new VultusError('engine_failed', 'its worker ended')));
  }

  static async start({ packDirectory, provider, threads }: WorkerSettings): Promise<EngineWorker> {
    const settings: WorkerSettings = { packDirectory, provider, threads };
    const thread = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: settings,
      name: 'engine',
    });
    const [message] = (await once(thread, 'message')) as [FromWorker];
    if (message.type === 'started') return new EngineWorker(thread, message);
    if (message.type === 'failed') throw new VultusError(message.code, message.detail);
    throw new VultusError('engine_failed', 'its worker did not start');
  }

  send(message: ToWorker): void {
    if (!this.dead) this.#thread.postMessage(message);
  }

  /** Cooperative: terminating a thread inside an inference run would abort the process. */
  async stop(): Promise<void> {
    if (this.dead) return;
    this.dead = true;
    const ended = once(this.#thread, 'exit');
    this.#thread.postMessage({ type: 'stop' } satisfies ToWorker);
    await ended;
  }

  #receive(message: FromWorker): void {
    if (!('session' in message)) return;
    const attached = this.sessions.get(message.session);
    if (!attached) return;
    if (message.type === 'opened') attached.opened.resolve(message.delayMs);
    else if (message.type === 'event') attached.listener.event(message.event);
    else {
      const error = new VultusError(message.code, message.detail);
      if (message.fatal) this.sessions.delete(message.session);
      attached.opened.reject(error);
      attached.listener.error(error, message.fatal);
    }
  }

  #die(error: VultusError): void {
    if (this.dead && this.sessions.size === 0) return;
    this.dead = true;
    for (const { listener, opened } of this.sessions.values()) {
      opened.reject(error);
      listener.error(error, true);
    }
    this.sessions.clear();
  }
}
