import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { VultusError } from '../errors.ts';
import type { SessionSettings } from '../session/session-api.ts';
import { RollingQuantiles } from '../telemetry/rolling-quantiles.ts';
import type { SessionStats } from '../transport/wire.ts';
import {
  type FromWorker,
  type ToWorker,
  threadClockMs,
  type WorkerEvent,
  type WorkerSettings,
} from './messages.ts';

/** What the engine tells the owner of a session. */
export interface EngineListener {
  event(event: WorkerEvent): void;
  /** `fatal`: the engine has already ended the session. */
  error(error: VultusError, fatal: boolean): void;
}

interface Attached {
  settings: SessionSettings;
  listener: EngineListener;
  opened: PromiseWithResolvers<number>;
  /** Voice that was sent and is not in the session's own queue yet: more than that must not pile up here. */
  voiceOnTheWay: number;
  /** How long its pictures take from the worker to here. */
  sendMs: RollingQuantiles;
}

const SEND_WINDOW_PICTURES = 250;

/** As much as a session's own queue holds: 120 s at 48 kHz. */
const MAX_ON_THE_WAY_SAMPLES = 120 * 48000;

/** One engine thread as the main thread sees it: its sessions, and what happens when it fails. */
export class EngineWorker {
  readonly started: Extract<FromWorker, { type: 'started' }>;
  /** Called once when the thread ends though nobody stopped it, with the number of sessions it took along. */
  onFailure: ((error: VultusError, sessions: number) => void) | undefined;
  /** Called with the figures of each session, once a second. */
  onStats: ((settings: SessionSettings, stats: SessionStats) => void) | undefined;
  #busy = 0;
  #reduced = false;
  readonly #sessions = new Map<string, Attached>();
  readonly #thread: Worker;
  #dead = false;

  private constructor(thread: Worker, started: Extract<FromWorker, { type: 'started' }>) {
    this.#thread = thread;
    this.started = started;
    thread.on('message', (message: FromWorker) => this.#receive(message));
    thread.on('error', (cause) => this.#die(new VultusError('engine_failed', cause.message, { cause })));
    thread.on('exit', (code) =>
      this.#die(new VultusError('engine_failed', `its worker ended with code ${code}`)),
    );
  }

  /** @throws VultusError `pack_invalid`, `provider_unavailable`, `engine_failed` */
  static async start({ packDirectory, provider, threads }: WorkerSettings): Promise<EngineWorker> {
    const settings: WorkerSettings = { packDirectory, provider, threads };
    const thread = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: settings,
      name: 'engine',
    });
    const message = await firstMessage(thread);
    if (message?.type === 'started') return new EngineWorker(thread, message);
    if (message?.type === 'failed') throw new VultusError(message.code, message.detail);
    throw new VultusError('engine_failed', 'its worker did not start');
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Share of its time that the thread works, 0..1, as measured last. */
  get busy(): number {
    return this.#sessions.size > 0 ? this.#busy : 0;
  }

  /** Whether sessions make fewer pictures because the thread is overloaded. */
  get reduced(): boolean {
    return this.#sessions.size > 0 && this.#reduced;
  }

  /** Settings of its sessions. */
  get settings(): SessionSettings[] {
    return [...this.#sessions.values()].map(({ settings }) => settings);
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  send(message: ToWorker): void {
    if (!this.#dead) this.#thread.postMessage(message);
  }

  /**
   * @returns the delay of the new session in milliseconds
   * @throws VultusError as the session's own failure
   */
  open(message: Extract<ToWorker, { type: 'open' }>, listener: EngineListener): Promise<number> {
    const opened = Promise.withResolvers<number>();
    this.#sessions.set(message.session, {
      settings: message.settings,
      listener,
      opened,
      voiceOnTheWay: 0,
      sendMs: new RollingQuantiles(SEND_WINDOW_PICTURES),
    });
    this.send(message);
    return opened.promise;
  }

  /** @throws VultusError `audio_buffer_full` where the thread is stuck and takes nothing */
  pushVoice(session: string, samples: Float32Array, live: boolean): void {
    const attached = this.#sessions.get(session);
    if (!attached) return;
    if (attached.voiceOnTheWay + samples.length > MAX_ON_THE_WAY_SAMPLES) {
      throw new VultusError('audio_buffer_full');
    }
    attached.voiceOnTheWay += samples.length;
    this.send({ type: 'voice', session, samples, live, atMs: threadClockMs() });
  }

  close(session: string): void {
    this.#sessions.delete(session);
    this.send({ type: 'close', session });
  }

  /**
   * Cooperative: terminating a thread inside an inference run would abort the process. One that does not end in
   * time is left behind, without keeping the process alive.
   */
  async stop(timeoutMs: number): Promise<void> {
    if (this.#dead) return;
    this.#dead = true;
    const ended = once(this.#thread, 'exit').catch(() => {});
    this.#thread.postMessage({ type: 'stop' } satisfies ToWorker);
    const giveUp = new AbortController();
    await Promise.race([ended, sleep(timeoutMs, undefined, { signal: giveUp.signal }).catch(() => {})]);
    giveUp.abort();
    this.#thread.unref();
  }

  #receive(message: FromWorker): void {
    if (message.type === 'failed') {
      const detail = message.detail ?? 'its worker failed';
      this.#die(new VultusError(message.code === 'internal' ? 'engine_failed' : message.code, detail));
      return;
    }
    if (message.type === 'load') {
      this.#busy = message.busy;
      this.#reduced = message.reduced;
    }
    if (!('session' in message)) return;
    const attached = this.#sessions.get(message.session);
    if (!attached) return;
    switch (message.type) {
      case 'opened':
        attached.opened.resolve(message.delayMs);
        break;
      case 'voice.taken':
        attached.voiceOnTheWay -= message.samples;
        break;
      case 'event':
        this.#measure(attached, message.event, message.atMs);
        attached.listener.event(message.event);
        break;
      case 'error': {
        const error = new VultusError(message.code, message.detail);
        if (message.fatal) this.#sessions.delete(message.session);
        attached.opened.reject(error);
        attached.listener.error(error, message.fatal);
      }
    }
  }

  /** Adds what only this side knows. */
  #measure({ settings, sendMs }: Attached, event: WorkerEvent, postedMs: number): void {
    if (event.name === 'video' && event.value.delays) {
      event.value.delays.send = threadClockMs() - postedMs;
      sendMs.add(event.value.delays.send);
    } else if (event.name === 'stats') {
      event.value.delayStages.send = sendMs.quantiles();
      this.onStats?.(settings, event.value);
    }
  }

  #die(error: VultusError): void {
    const unexpected = !this.#dead;
    this.#dead = true;
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    if (unexpected) this.onFailure?.(error, sessions.length);
    for (const { listener, opened } of sessions) {
      opened.reject(error);
      listener.error(error, true);
    }
  }
}

/** Undefined where the thread ends without a word. */
async function firstMessage(thread: Worker): Promise<FromWorker | undefined> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    return await Promise.race([
      once(thread, 'message', { signal }).then(([message]) => message as FromWorker),
      once(thread, 'exit', { signal }).then(() => undefined),
    ]);
  } catch (cause) {
    throw new VultusError('engine_failed', (cause as Error).message, { cause });
  } finally {
    settled.abort();
  }
}
