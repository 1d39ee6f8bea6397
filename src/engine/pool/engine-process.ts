import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { describeEnd, LastWords } from '../../child-process.ts';
import { Containment } from '../../containment.ts';
import { VultusError } from '../../errors.ts';
import type { SessionOpening, ToSession } from '../messages.ts';
import type { EngineNode, EngineNodeEvents, NodeInfo, NodeLoad } from '../node.ts';
import {
  type FromProcess,
  type ProcessSettings,
  type Stamped,
  stamp,
  type ToProcess,
  transitMs,
} from '../process-messages.ts';
import { forkEngine } from './fork-engine.ts';
import { type StartOptions, untilStarted } from './process-start.ts';

/** Default of `silenceS`. A process that works says how busy it is once a second. */
const SILENCE_S = 10;
const CHECK_MS = 1000;
const CLOSE_TIMEOUT_MS = 10_000;

export interface EngineProcessOptions extends StartOptions {
  /** A process that says nothing for so many seconds is taken as hung, and killed; default 10. */
  silenceS?: number;
  /** How long `close` waits for one that is in the middle of something before it is killed; default 10 s. */
  closeTimeoutMs?: number;
}

/** A process of its own as an engine node: what crashes in native code takes its own sessions along at most. */
export class EngineProcess implements EngineNode {
  readonly info: NodeInfo;
  readonly events = new EventEmitter<EngineNodeEvents>();
  readonly #child: ChildProcess;
  readonly #lastWords: LastWords;
  readonly #exited: Promise<unknown>;
  readonly #closeTimeoutMs: number;
  readonly #watchdog: NodeJS.Timeout;
  #load: NodeLoad = { busy: 0, recoveryS: 0, residentBytes: 0, processorMs: 0 };
  /** Looks at the clock since the process last said something. */
  #silentChecks = 0;
  #ended = false;

  private constructor(
    child: ChildProcess,
    info: NodeInfo,
    lastWords: LastWords,
    { silenceS = SILENCE_S, closeTimeoutMs = CLOSE_TIMEOUT_MS }: EngineProcessOptions,
  ) {
    this.#child = child;
    this.info = info;
    this.#lastWords = lastWords;
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#exited = once(child, 'exit');
    const walls = new Containment((cause) => {
      this.#fail(`what it sent could not be taken: ${cause.cause ?? cause}`);
      child.kill('SIGKILL');
    });
    // The one place where its messages enter; what a session makes of them is the session's.
    child.on('message', (stamped) => walls.run(() => this.#receive(stamped as Stamped<FromProcess>)));
    child.once('exit', (code, signal) => this.#fail(describeEnd(code, signal)));
    child.on('error', (cause) => this.#fail(cause.message));
    // Whatever it is still doing, nobody would hear of it.
    child.once('disconnect', () => child.kill('SIGKILL'));
    this.#watchdog = setInterval(() => this.#check(silenceS), CHECK_MS).unref();
  }

  /**
   * Resolves once the process has loaded and checked its graphs.
   * @throws VultusError `pack_invalid`, `provider_unavailable`, `engine_failed`
   */
  static async start(settings: ProcessSettings, options: EngineProcessOptions = {}): Promise<EngineProcess> {
    const child = forkEngine();
    const lastWords = new LastWords(child);
    const info = await untilStarted(child, settings, options);
    return new EngineProcess(child, info, lastWords, options);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get load(): NodeLoad {
    return this.#load;
  }

  open(session: string, opening: SessionOpening): void {
    this.#post({ type: 'open', session, opening });
  }

  send(session: string, command: ToSession): void {
    this.#post({ type: 'command', session, command });
  }

  async close(): Promise<void> {
    this.#end();
    this.#post({ type: 'stop' });
    const giveUp = setTimeout(() => this.#child.kill('SIGKILL'), this.#closeTimeoutMs);
    await this.#exited;
    clearTimeout(giveUp);
  }

  #post(message: ToProcess): void {
    // What can't be sent any more is of no use: the exit tells.
    if (this.#child.connected) this.#child.send(stamp(message), () => {});
  }

  /** A server that is suspended, or busy itself, looks no more often than its processes can speak. */
  #check(silenceS: number): void {
    this.#silentChecks++;
    if (this.#silentChecks * CHECK_MS <= silenceS * 1000) return;
    this.#fail(`its process has hung for ${silenceS} s`);
    this.#child.kill('SIGKILL');
  }

  #receive(stamped: Stamped<FromProcess>): void {
    this.#silentChecks = 0;
    const { message } = stamped;
    switch (message.type) {
      case 'failed':
        this.#fail(message.detail ?? message.code);
        break;
      case 'load':
        this.#load = message.load;
        this.events.emit('load', message.load);
        break;
      case 'sessions':
        for (const { session, message: said } of message.said) {
          if (!this.#ended) this.events.emit('session', session, said, transitMs(stamped));
        }
        break;
    }
  }

  #fail(detail: string): void {
    if (this.#ended) return;
    this.#end();
    const { cause } = this.#lastWords;
    this.events.emit('failed', new VultusError('engine_failed', detail, { cause }));
  }

  #end(): void {
    this.#ended = true;
    clearInterval(this.#watchdog);
  }
}
