import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describeEnd, forkModule, LastWords } from '../child-process.ts';
import type { FaceChoice } from '../contract/face-points.ts';
import { VultusError } from '../errors.ts';
import { type AnalysisLimits, watchAnalysis } from './analysis-limits.ts';
import type { AnalysedPortrait, FromAnalysis, ToAnalysis } from './process/messages.ts';

const MAIN = new URL('./process/main.ts', import.meta.url);
const MAX_HEAP_MB = 512;
/** It takes about a second, on a machine that others keep busy ten times as long. */
const START_LIMIT_S = 60;

/**
 * A process that analyses portraits, one after the other: what crashes in native code, takes too long or grows too
 * large takes the portrait in work along, and nothing else. It keeps the process that started it alive only while
 * it starts and works.
 */
export class AnalysisProcess {
  readonly #child: ChildProcess;
  readonly #limits: AnalysisLimits;
  readonly #lastWords: LastWords;
  readonly #exited: Promise<unknown>;
  readonly #onFailure: (error: VultusError) => void;
  #starting: PromiseWithResolvers<string> | undefined = Promise.withResolvers();
  #working: PromiseWithResolvers<AnalysedPortrait> | undefined;
  #rigKey = '';
  #residentBytes = 0;
  #endedBy: VultusError | undefined;

  private constructor(limits: AnalysisLimits, onFailure: (error: VultusError) => void) {
    this.#limits = limits;
    this.#onFailure = onFailure;
    this.#child = forkModule(MAIN, { maxHeapMb: MAX_HEAP_MB });
    this.#lastWords = new LastWords(this.#child);
    this.#exited = once(this.#child, 'exit').catch(() => {});
    this.#child.on('message', (message: FromAnalysis) => this.#receive(message));
    this.#child.once('exit', (code, signal) => this.#fail(describeEnd(code, signal)));
    this.#child.on('error', (cause) => this.#fail(cause.message));
  }

  /**
   * Resolves once it has checked the pack and loaded the networks of its renderer.
   * @param onFailure told when it ends unasked
   * @throws VultusError `pack_invalid`, `analysis_failed`
   */
  static async start(
    packDirectory: string,
    limits: AnalysisLimits,
    onFailure: (error: VultusError) => void,
  ): Promise<AnalysisProcess> {
    const one = new AnalysisProcess(limits, onFailure);
    const { promise } = one.#starting!;
    const giveUp = setTimeout(
      () => one.#fail(`its start has hung for ${START_LIMIT_S} s`),
      START_LIMIT_S * 1000,
    );
    one.#post({ type: 'start', packDirectory });
    try {
      one.#rigKey = await promise;
    } finally {
      clearTimeout(giveUp);
      one.#starting = undefined;
    }
    one.#keepAlive(false);
    return one;
  }

  /** Of the rigs that it makes, see rig-key.ts. */
  get rigKey(): string {
    return this.#rigKey;
  }

  /** Whether it is there, and has not grown. */
  get fit(): boolean {
    return !this.#endedBy && this.#residentBytes <= this.#limits.mostKeptMb * 1e6;
  }

  /**
   * One portrait at a time.
   * @throws VultusError with a `portrait_…` code, `analysis_failed`, or what it is ended with
   */
  async analyse(bytes: Uint8Array, choice: FaceChoice): Promise<AnalysedPortrait> {
    if (this.#endedBy) throw this.#endedBy;
    this.#working = Promise.withResolvers();
    const { promise } = this.#working;
    // Its timer keeps this process alive, too.
    const endWatch = watchAnalysis(this.#child.pid!, this.#limits, (error) => void this.end(error));
    this.#post({ type: 'portrait', bytes, choice });
    try {
      return await promise;
    } finally {
      endWatch();
      this.#working = undefined;
    }
  }

  /** At once: it has nothing to keep. `reason`: told to the portrait in work. Idempotent. */
  async end(reason: VultusError): Promise<void> {
    this.#endedBy ??= reason;
    this.#starting?.reject(reason);
    this.#working?.reject(reason);
    this.#child.kill('SIGKILL');
    this.#keepAlive(true);
    await this.#exited;
  }

  #receive(message: FromAnalysis): void {
    switch (message.type) {
      case 'started':
        this.#starting?.resolve(message.rigKey);
        break;
      case 'failed':
        void this.end(new VultusError(message.code, message.detail));
        break;
      case 'analysed':
        this.#residentBytes = message.residentBytes;
        this.#working?.resolve(message.portrait);
        break;
      case 'refused':
        this.#residentBytes = message.residentBytes;
        this.#working?.reject(new VultusError(message.code, message.detail));
        break;
    }
  }

  #fail(detail: string): void {
    if (this.#endedBy) return;
    const error = new VultusError('analysis_failed', detail, { cause: this.#lastWords.cause });
    // Whoever starts it hears of it there.
    if (!this.#starting) this.#onFailure(error);
    void this.end(error);
  }

  #post(message: ToAnalysis): void {
    // What can't be sent any more is of no use: the exit tells.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Whether this process waits for it, where it has nothing else to do. */
  #keepAlive(should: boolean): void {
    const change = should ? 'ref' : 'unref';
    this.#child[change]();
    this.#child.channel?.[change]();
    (this.#child.stderr as Socket | null)?.[change]();
  }
}
