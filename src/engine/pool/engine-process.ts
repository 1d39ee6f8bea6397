import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { SessionSettings } from '../../contract/session-settings.ts';
import type { SessionStats } from '../../contract/stats.ts';
import { VultusError } from '../../errors.ts';
import type { FromWorker, ToWorker, WorkerSettings } from '../messages.ts';
import type { SessionLine } from './session-line.ts';

// SVT-AV1 writes a page to stderr for each stream; a thread can't tell native code otherwise.
process.env.SVT_LOG ??= '0';

/** Of JavaScript objects; a thread that needs more ends with an error of its own instead of the whole process. */
const MAX_HEAP_MB = 1024;

/** Default of `silenceS`. A thread that works says how busy it is once a second. */
const SILENCE_S = 10;
const CHECK_MS = 1000;
/** A thread that is in JavaScript answers sooner than this. */
const ANSWER_MS = 1000;

/** One engine thread as the main thread sees it: its sessions, and what happens when it fails. */
export class EngineWorker {
  readonly started: Extract<FromWorker, { type: 'started' }>;
  /** Called once when the thread ends or hangs though nobody stopped it, with the sessions that it leaves behind. */
  onFailure: ((error: VultusError, lines: SessionLine[]) => void) | undefined;
  /** Called with the figures of each session, once a second. */
  onStats: ((settings: SessionSettings, stats: SessionStats) => void) | undefined;
  #busy = 0;
  /** Whether the next report covers a session that has left. */
  #outdated = false;
  #recoveryS = 0;
  readonly #lines = new Map<string, SessionLine>();
  readonly #thread: Worker;
  readonly #watchdog: NodeJS.Timeout;
  /** Looks at the clock since the thread last said something. */
  #silentChecks = 0;
  #dead = false;
  #ended = false;

  private constructor(thread: Worker, started: Extract<FromWorker, { type: 'started' }>, silenceS: number) {
    this.#thread = thread;
    this.started = started;
    thread.on('message', (message: FromWorker) => this.#receive(message));
    thread.on('error', (cause) => this.#die(new VultusError('engine_failed', cause.message, { cause })));
    thread.on('exit', (code) => {
      this.#ended = true;
      this.#die(new VultusError('engine_failed', `its worker ended with code ${code}`));
    });
    this.#watchdog = setInterval(() => this.#check(silenceS), CHECK_MS).unref();
  }

  /**
   * `silenceS`: a thread with sessions that says nothing for so long is taken as failed.
   * @throws VultusError `pack_invalid`, `provider_unavailable`, `engine_failed`
   */
  static async start({
    packDirectory,
    provider,
    threads,
    cacheDir,
    silenceS = SILENCE_S,
  }: WorkerSettings & { silenceS?: number }): Promise<EngineWorker> {
    const settings: WorkerSettings = { packDirectory, provider, threads, cacheDir };
    const thread = new Worker(new URL('../process/main.ts', import.meta.url), {
      workerData: settings,
      name: 'engine',
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    const message = await firstMessage(thread);
    if (message?.type === 'started') return new EngineWorker(thread, message, silenceS);
    if (message?.type === 'failed') throw new VultusError(message.code, message.detail);
    throw new VultusError('engine_failed', 'its worker did not start');
  }

  /** Whether it takes no sessions any more: it was stopped, or has failed. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Whether the thread is gone. One that hangs is dead long before. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Share of its time that the thread works, 0..1, as measured last; 0 just after a session has left. */
  get busy(): number {
    return this.#lines.size > 0 ? this.#busy : 0;
  }

  /** Seconds until its sessions make full pictures again; 0 unless the thread is overloaded. */
  get recoveryS(): number {
    return this.#lines.size > 0 ? this.#recoveryS : 0;
  }

  /** Settings of its sessions. */
  get settings(): SessionSettings[] {
    return [...this.#lines.values()].map(({ settings }) => settings);
  }

  get sessionCount(): number {
    return this.#lines.size;
  }

  send(message: ToWorker): void {
    if (!this.#dead) this.#thread.postMessage(message);
  }

  /** From now on what the thread says of this session goes to its line. */
  attach(line: SessionLine): void {
    this.#lines.set(line.id, line);
  }

  detach(line: SessionLine): void {
    this.#lines.delete(line.id);
    // What was measured, and the report under way, were of more sessions than there are now.
    this.#busy = 0;
    this.#outdated = true;
  }

  /**
   * Cooperative: terminating a thread inside an inference run would abort the process. One that does not end in
   * time is left behind, without keeping the process alive.
   */
  async stop(timeoutMs: number): Promise<void> {
    if (this.#dead) return;
    this.#dead = true;
    clearInterval(this.#watchdog);
    const ended = once(this.#thread, 'exit').catch(() => {});
    this.#thread.postMessage({ type: 'stop' } satisfies ToWorker);
    const giveUp = new AbortController();
    await Promise.race([ended, sleep(timeoutMs, undefined, { signal: giveUp.signal }).catch(() => {})]);
    giveUp.abort();
    this.#thread.unref();
  }

  /** A process that is suspended, or busy itself, looks no more often than its threads can speak. */
  #check(silenceS: number): void {
    this.#silentChecks = this.#lines.size > 0 ? this.#silentChecks + 1 : 0;
    if (this.#silentChecks * CHECK_MS <= silenceS * 1000) return;
    this.#die(new VultusError('engine_failed', `its worker has hung for ${silenceS} s`));
    void this.#abandon();
  }

  /**
   * Ends the thread where that is safe, so that a loop does not take a core for good: only a thread in JavaScript
   * answers, and ours is never called from within an inference run. Otherwise it ends by itself, should it ever
   * come back from native code.
   */
  async #abandon(): Promise<void> {
    this.#thread.unref();
    this.#thread.postMessage({ type: 'stop' } satisfies ToWorker);
    const isInJavaScript = await Promise.race([
      this.#thread.getHeapStatistics().then(
        () => true,
        () => false,
      ),
      sleep(ANSWER_MS, false, { ref: false }),
    ]);
    if (isInJavaScript) await this.#thread.terminate();
  }

  #receive(message: FromWorker): void {
    this.#silentChecks = 0;
    if (message.type === 'failed') {
      const detail = message.detail ?? 'its worker failed';
      this.#die(new VultusError(message.code === 'internal' ? 'engine_failed' : message.code, detail));
      return;
    }
    if (message.type === 'load') {
      this.#busy = this.#outdated ? 0 : message.busy;
      this.#outdated = false;
      this.#recoveryS = message.recoveryS;
    }
    if (!('session' in message)) return;
    const line = this.#lines.get(message.session);
    line?.receive(message);
    if (line && message.type === 'event' && message.event.name === 'stats') {
      this.onStats?.(line.settings, message.event.value);
    }
  }

  #die(error: VultusError): void {
    const unexpected = !this.#dead;
    this.#dead = true;
    clearInterval(this.#watchdog);
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    for (const line of lines) line.workerLost(error);
    if (unexpected) this.onFailure?.(error, lines);
    else for (const line of lines) line.fail(error);
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
