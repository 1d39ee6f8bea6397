import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { RateBudget } from '../../budget/rate-budget.ts';
import type { PerformedFrame } from '../../contract/performed-motion.ts';
import { VultusError } from '../../errors.ts';
import type { SessionApi } from '../../session/session-api.ts';
import { type OscMessage, readOsc } from './osc.ts';
import { VmcMotion } from './vmc-motion.ts';

/** Where a tracker sends to, and which avatar it moves: by id or name; every one without. */
export interface VmcInput {
  host: string;
  port: number;
  avatar?: string | undefined;
}

export interface VmcReceiverOptions {
  /** The sessions that it moves now; asked for a few times a second. */
  sessions: (avatar: string | undefined) => Promise<readonly SessionApi[]>;
  /** What one input takes: bytes that are read, and frames that are passed on. */
  budgets: { trackerBytes: RateBudget; trackerFrames: RateBudget };
}

/** Sessions that come and go are noticed after so long. */
const LOOK_INTERVAL_MS = 500;

/**
 * Takes a performer's motion by the VMC protocol, from trackers like VSeeFace, Warudo, VNyan or iFacialMocap, on a UDP port.
 * Anybody who reaches the port may send there, so what makes no sense is dropped without an answer, and what is too much.
 */
export class VmcReceiver {
  readonly #input: VmcInput;
  readonly #options: VmcReceiverOptions;
  readonly #socket: Socket;
  readonly #motion = new VmcMotion();
  #sessions: readonly SessionApi[] = [];
  #lookedMs = Number.NEGATIVE_INFINITY;

  private constructor(input: VmcInput, options: VmcReceiverOptions) {
    this.#input = input;
    this.#options = options;
    this.#socket = createSocket(isIPv6(input.host) ? 'udp6' : 'udp4');
    this.#socket.on('message', (data) => this.#take(data));
  }

  /** @throws VultusError `config_invalid` where the port is taken or the address is not of this machine */
  static async open(input: VmcInput, options: VmcReceiverOptions): Promise<VmcReceiver> {
    const receiver = new VmcReceiver(input, options);
    const socket = receiver.#socket;
    try {
      socket.bind(input.port, input.host);
      await once(socket, 'listening');
    } catch (cause) {
      socket.close();
      const detail = `--vmc-in (VULTUS_VMC_IN): ${input.host}:${input.port}: ${(cause as Error).message}`;
      throw new VultusError('config_invalid', detail, { cause });
    }
    // Of datagrams that could not be delivered: nothing depends on them.
    socket.on('error', () => {});
    return receiver;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  #take(data: Uint8Array): void {
    const { trackerBytes, trackerFrames } = this.#options.budgets;
    if (!this.#affords(trackerBytes, data.length)) return;
    let messages: OscMessage[];
    try {
      messages = readOsc(data);
    } catch {
      return;
    }
    const nowMs = performance.now();
    let frame: PerformedFrame | undefined;
    // Of several in one datagram only the last is still true.
    for (const message of messages) frame = this.#motion.take(message, nowMs) ?? frame;
    if (frame && this.#affords(trackerFrames, 1)) this.#give(frame, nowMs);
  }

  #affords(budget: RateBudget, tokens: number): boolean {
    const affords = budget.bucket(`${this.#input.host}:${this.#input.port}`)?.take(tokens) !== false;
    if (!affords) budget.countRefusal();
    return affords;
  }

  #give(frame: PerformedFrame, nowMs: number): void {
    if (nowMs - this.#lookedMs > LOOK_INTERVAL_MS) {
      this.#lookedMs = nowMs;
      void this.#look();
    }
    for (const session of this.#sessions) if (session.live) session.setMotion(frame, this);
  }

  async #look(): Promise<void> {
    try {
      this.#sessions = await this.#options.sessions(this.#input.avatar);
    } catch {
      // The store is not there for a moment: those of before are moved.
    }
  }
}
