import { setImmediate as yieldToMessages } from 'node:timers/promises';
import type { ErrorCode } from '../../contract/error-codes.ts';
import { withCode } from '../../errors.ts';
import type { InPieces } from '../../in-pieces.ts';
import type { MotionModel } from '../../model/motion-model.ts';
import type { ModelPack } from '../../model/pack.ts';
import type { ProviderName } from '../../model/provider-table.ts';
import type { PreparedAvatar, Renderer } from '../../render/renderer.ts';
import type { FromSession, SessionOpening, ToSession } from '../messages.ts';
import type { FromProcess, Said, ToProcess } from '../process-messages.ts';
import { chooseJobs, type Job, runJobs } from './job.ts';
import { LiveSession } from './live-session.ts';
import { ProcessLoad } from './process-load.ts';

/** Time between two looks at the clock when there is nothing to do: well under a voice packet. */
const IDLE_SLEEP_MS = 2;
/** Without sessions only the load is to be said. */
const EMPTY_SLEEP_MS = 1000;

/** What sessions are run with. */
export interface EngineParts {
  pack: ModelPack;
  model: MotionModel;
  renderer: Renderer;
  provider: ProviderName;
}

type Request = Exclude<ToProcess, { type: 'start' }>;
type SessionRequest = Exclude<Request, { type: 'stop' }>;

interface Received<Of extends Request = Request> {
  request: Of;
  agoMs: number;
  atMs: number;
}

/** A session that is not ready yet. */
interface Opening {
  opening: SessionOpening;
  received: Received;
  preparing: InPieces<PreparedAvatar>;
  /** What it has been told meanwhile. */
  waiting: Received<SessionRequest>[];
}

/**
 * Runs the sessions of a process. Inference blocks the thread (onnxruntime-node), so between two jobs the loop lets
 * messages in, and always takes the most urgent job. What goes wrong in one session ends that session with a code.
 */
export class EngineLoop {
  readonly #parts: EngineParts;
  readonly #post: (message: FromProcess) => void;
  readonly #sessions = new Map<string, LiveSession>();
  readonly #load = new ProcessLoad();
  readonly #openings = new Map<string, Opening>();
  readonly #inbox: Received[] = [];
  /** Not posted yet. */
  #said: Said[] = [];
  /** Ends the pause that the loop makes. */
  #wake = () => {};

  constructor(parts: EngineParts, post: (message: FromProcess) => void) {
    this.#parts = parts;
    this.#post = post;
  }

  /** `agoMs`: when it was sent. It is carried out between two jobs. */
  receive(request: Request, agoMs: number): void {
    this.#inbox.push({ request, agoMs, atMs: performance.now() });
    this.#wake();
  }

  /** Until it is told to stop; closes the parts then. */
  async run(): Promise<void> {
    for (;;) {
      const stopped = this.#takeRequests();
      if (stopped) return this.#stop();
      const sinceMs = performance.now();
      const jobs = this.#dueJobs();
      // What is due does not wait for the work.
      this.#postSaid();
      const chosen = chooseJobs(jobs, this.#sessions.size, this.#parts.provider);
      const results = await runJobs(chosen.map((session) => jobs.get(session)!));
      for (const [i, result] of results.entries()) {
        if (result.status === 'rejected') this.#fail(chosen[i], 'engine_failed', result.reason);
      }
      this.#postSaid();
      this.#load.worked(sinceMs);
      // What is done once for a session says nothing of what it will cost.
      this.#prepareOn();
      const load = this.#load.report(this.#sessions, (session, rung) =>
        this.#guard(session, 'render_failed', () => this.#sessions.get(session)?.setMachineRung(rung)),
      );
      if (load) this.#post({ type: 'load', load });
      if (chosen.length > 0 || this.#openings.size > 0) {
        await yieldToMessages();
      } else {
        await this.#pause(this.#sessions.size > 0 ? IDLE_SLEEP_MS : EMPTY_SLEEP_MS);
      }
    }
  }

  /** Until something comes in, but no longer than this. */
  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Carries out what has come in; @returns whether it is to stop. */
  #takeRequests(): boolean {
    for (const received of this.#inbox.splice(0)) {
      if (received.request.type === 'stop') return true;
      this.#carryOut(received as Received<SessionRequest>);
    }
    return false;
  }

  async #stop(): Promise<void> {
    this.#postSaid();
    for (const session of [...this.#sessions.keys()]) this.#close(session);
    await this.#parts.renderer.close();
    await this.#parts.model.close();
  }

  /** Lets every session do what is due and cheap, and asks for its next piece of work. */
  #dueJobs(): Map<string, Job> {
    const jobs = new Map<string, Job>();
    for (const [session, live] of this.#sessions) {
      this.#guard(session, 'engine_failed', () => {
        const job = live.step(this.#sessions.size);
        const progress = live.takeProgress();
        if (progress) this.#say(session, { type: 'progress', progress });
        if (job) jobs.set(session, job);
      });
    }
    return jobs;
  }

  #carryOut(received: Received<SessionRequest>): void {
    const { request } = received;
    const { session } = request;
    this.#guard(session, 'engine_failed', () => {
      if (request.type === 'open') return this.#open(session, request.opening, received);
      if (request.command.type === 'close') return this.#close(session);
      const opening = this.#openings.get(session);
      if (opening) return opening.waiting.push(received);
      const live = this.#sessions.get(session);
      if (live) this.#command(live, request.command, ageMs(received));
    });
  }

  #open(session: string, opening: SessionOpening, received: Received<SessionRequest>): void {
    const { rig, settings } = opening;
    const preparing = this.#parts.renderer.preparing(rig, settings, settings.background);
    this.#openings.set(session, { opening, received, preparing, waiting: [] });
  }

  /** One piece of what has to be prepared for a session: the others have their turn before the next. */
  #prepareOn(): void {
    const [next] = this.#openings;
    if (!next) return;
    const [session, { opening, received, preparing, waiting }] = next;
    this.#guard(session, 'engine_failed', () => {
      const { done, value } = withErrorCode('render_failed', () => preparing.next());
      if (!done) return;
      this.#openings.delete(session);
      this.#begin(session, value, opening, ageMs(received));
      for (const command of waiting) this.#carryOut(command);
    });
  }

  #begin(session: string, avatar: PreparedAvatar, opening: SessionOpening, agoMs: number): void {
    const { model, provider } = this.#parts;
    const { settings, controls, resume } = opening;
    const live = new LiveSession({
      avatar,
      model,
      provider,
      settings,
      controls,
      now: () => performance.now(),
      resume: resume && { ...resume, agoMs: resume.agoMs + agoMs },
      emit: (event) => this.#say(session, { type: 'event', event }),
    });
    this.#sessions.set(session, live);
    this.#say(session, { type: 'opened', delayMs: live.clock.holdMs });
  }

  #command(live: LiveSession, command: Exclude<ToSession, { type: 'close' }>, agoMs: number): void {
    switch (command.type) {
      case 'speech.begin':
        live.beginSpeech(command.utterance);
        break;
      case 'voice': {
        const { utterance, samples } = command;
        live.pushVoice(utterance, samples, { live: command.live, arrivedMs: performance.now() - agoMs });
        break;
      }
      case 'user':
        live.noticeUser(command.noticed);
        break;
      case 'speech.end':
        live.endSpeech(command.utterance, command.end);
        break;
      case 'interrupt':
        live.interrupt(command.epoch, command.utterances);
        break;
      case 'pause':
        live.pause();
        break;
      case 'resume':
        live.resume();
        break;
      case 'controls':
        live.controls = command.controls;
        break;
      case 'motion':
        live.perform(command.frame, performance.now() - agoMs);
        break;
      case 'background':
        live.pictures.setBackground(command.background);
        break;
      case 'streams':
        withErrorCode('render_failed', () => live.setStreams(command.streams));
        break;
      case 'keyframe':
        live.pictures.requestKeyFrame(command.stream);
        break;
      case 'bitrate':
        live.pictures.setBitrate(command.stream, command.bitrateKbps);
        break;
    }
  }

  #say(session: string, message: FromSession): void {
    this.#said.push({ session, message });
  }

  #postSaid(): void {
    if (this.#said.length === 0) return;
    this.#post({ type: 'sessions', said: this.#said });
    this.#said = [];
  }

  #guard(session: string, code: ErrorCode, work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.#fail(session, code, cause);
    }
  }

  /** Ends one session with an error, of this code where it has none of its own; the others go on. */
  #fail(session: string, code: ErrorCode, cause: unknown): void {
    const error = withCode(code, cause);
    this.#say(session, { type: 'error', code: error.code, detail: error.detail, fatal: true });
    this.#close(session);
  }

  #close(session: string): void {
    const live = this.#sessions.get(session);
    this.#sessions.delete(session);
    this.#openings.delete(session);
    try {
      live?.close();
    } catch {
      // It is gone in any case.
    }
  }
}

/** How long ago it was sent. */
function ageMs({ agoMs, atMs }: Received): number {
  return agoMs + performance.now() - atMs;
}

function withErrorCode<Result>(code: ErrorCode, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw withCode(code, cause);
  }
}
