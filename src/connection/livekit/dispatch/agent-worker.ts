import {
  AvailabilityResponse,
  type Job,
  type JobAssignment,
  JobStatus,
  UpdateJobStatus,
  UpdateWorkerStatus,
  WorkerStatus,
} from '@livekit/protocol';
import { toVultusError, VultusError } from '../../../errors.ts';
import { AgentChannel, type AgentRegistration, type FromServer } from './agent-channel.ts';
import { dispatchLoad } from './dispatch-load.ts';

/** The avatar as a participant, as its token will say. */
export interface JobParticipant {
  identity: string;
  name: string;
  attributes: Record<string, string>;
}

export interface AssignedJob {
  id: string;
  metadata: string;
  url: string;
  /** Of the room, for the avatar. */
  token: string;
}

/** What does the jobs. */
export interface JobHost {
  /**
   * Sessions that run, and how many more would be taken: such as a job with this metadata wants, or usual ones.
   * @throws VultusError `invalid_request`
   */
  room(metadata?: string): { used: number; free: number };
  /**
   * Whether a job is one for this host; and if so, who joins its room.
   * @throws VultusError where it is not; `invalid_request` where it is one for nobody
   */
  check(job: { id: string; metadata: string }): Promise<JobParticipant>;
  /**
   * Resolves when the job is over, and rejects where it failed.
   * @param onOpened its session counts among those that run, and is about to join
   * @param signal ends it
   */
  run(job: AssignedJob, onOpened: () => void, signal: AbortSignal): Promise<void>;
}

export interface AgentWorkerEvents {
  onRegistered?(workerId: string): void;
  onLost?(detail: string): void;
  /** Of an offer that is not taken, or a job that failed. */
  onRefused?(jobId: string, code: string, detail: string): void;
}

const REPORT_MS = 1000;
/** LiveKit offers a job to one worker after the other, for 3 s in all (psrpc's time-out; 1.13.5); then it is lost. */
const CHECK_MS = 1000;
/** A job that was promised to be done and is not given by then is somebody else's. */
const PROMISE_MS = 15_000;

/**
 * A worker of LiveKit's agent dispatch: says how busy it is, takes jobs for which there is room, and does them. Where it
 * says no to an offer, LiveKit asks the next worker.
 */
export class AgentWorker {
  readonly #channel: AgentChannel;
  readonly #url: string;
  readonly #host: JobHost;
  readonly #events: AgentWorkerEvents;
  /** Jobs that have been promised to be done, and are not yet sessions. */
  readonly #promised = new Map<string, NodeJS.Timeout>();
  readonly #running = new Map<string, AbortController>();
  #reports: NodeJS.Timeout | undefined;
  #draining = false;

  constructor(registration: AgentRegistration, host: JobHost, events: AgentWorkerEvents = {}) {
    this.#url = registration.url;
    this.#host = host;
    this.#events = events;
    this.#channel = new AgentChannel(registration);
    this.#channel.on('registered', (id) => {
      this.#report();
      events.onRegistered?.(id);
    });
    this.#channel.on('lost', (detail) => events.onLost?.(detail));
    this.#channel.on('message', (message) => this.#receive(message));
  }

  start(): void {
    this.#channel.start();
    this.#reports = setInterval(() => this.#report(), REPORT_MS).unref();
  }

  /** No more jobs; those that run go on. Idempotent. */
  drain(): void {
    this.#draining = true;
    this.#report();
  }

  /** LiveKit hears no more of the jobs that run: they are their host's. Idempotent. */
  close(): void {
    this.#draining = true;
    clearInterval(this.#reports);
    for (const timer of this.#promised.values()) clearTimeout(timer);
    this.#promised.clear();
    this.#channel.close();
  }

  #hasRoom(metadata: string): boolean {
    return !this.#draining && this.#host.room(metadata).free > this.#promised.size;
  }

  /**
   * What is promised makes the worker busier, but not full: LiveKit does not offer to a full one, and drops a job that it
   * has offered to nobody, while small sessions may still have room. A no to an offer costs it a message.
   */
  #report(): void {
    const { used, free } = this.#host.room();
    const available = free > 0 && !this.#draining;
    const promised = this.#promised.size;
    this.#channel.send({
      case: 'updateWorker',
      value: new UpdateWorkerStatus({
        status: available ? WorkerStatus.WS_AVAILABLE : WorkerStatus.WS_FULL,
        load: available ? dispatchLoad(used + promised, Math.max(1, free - promised)) : 1,
        jobCount: this.#running.size,
      }),
    });
  }

  #receive(message: FromServer): void {
    if (message.case === 'availability' && message.value.job) void this.#answer(message.value.job);
    else if (message.case === 'assignment') void this.#do(message.value);
    else if (message.case === 'termination') this.#running.get(message.value.jobId)?.abort();
  }

  async #answer({ id, metadata }: Job): Promise<void> {
    const answer = new AvailabilityResponse({ jobId: id });
    try {
      if (!this.#hasRoom(metadata)) throw new VultusError('at_capacity');
      this.#promise(id);
      const { identity, name, attributes } = await inTime(this.#host.check({ id, metadata }));
      answer.available = !this.#draining;
      answer.participantIdentity = identity;
      answer.participantName = name;
      answer.participantAttributes = attributes;
    } catch (cause) {
      const { code, detail } = toVultusError(cause);
      answer.terminate = code === 'invalid_request';
      this.#events.onRefused?.(id, code, detail ?? '');
    }
    if (!answer.available) this.#keep(id);
    this.#channel.send({ case: 'availability', value: answer });
    // The next offer may come before the next report is due.
    this.#report();
  }

  async #do({ job, url, token }: JobAssignment): Promise<void> {
    if (!job || this.#running.has(job.id)) return;
    const { id, metadata } = job;
    const abort = new AbortController();
    this.#running.set(id, abort);
    const opened = () => {
      this.#keep(id);
      this.#tell(id, JobStatus.JS_RUNNING);
      this.#report();
    };
    try {
      await this.#host.run({ id, metadata, url: url || this.#url, token }, opened, abort.signal);
      this.#tell(id, JobStatus.JS_SUCCESS);
    } catch (cause) {
      const { code, detail } = toVultusError(cause);
      this.#tell(id, JobStatus.JS_FAILED, code);
      this.#events.onRefused?.(id, code, detail ?? '');
    } finally {
      this.#running.delete(id);
      this.#keep(id);
      this.#report();
    }
  }

  #tell(jobId: string, status: JobStatus, error = ''): void {
    this.#channel.send({ case: 'updateJob', value: new UpdateJobStatus({ jobId, status, error }) });
  }

  #promise(id: string): void {
    const timer = setTimeout(() => this.#promised.delete(id), PROMISE_MS).unref();
    this.#promised.set(id, timer);
  }

  /** It is a promise no longer. */
  #keep(id: string): void {
    clearTimeout(this.#promised.get(id));
    this.#promised.delete(id);
  }
}

/** Rejects with `server_busy` where it is not done before LiveKit gives up. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new VultusError('server_busy')), CHECK_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
