import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalParticipant, RpcError } from '@livekit/rtc-node';
import type { Notice } from '../room-messages.ts';

const MOST_TRIES = 3;
const RETRY_AFTER_MS = 100;
const ANSWER_PATIENCE_MS = 3000;

/** Tells the sender what becomes of its segments: one call after the other, in their order. */
export class NoticeSender {
  readonly #participant: Pick<LocalParticipant, 'performRpc'>;
  readonly #onDone: (id: number) => void;
  #waiting: { id: number; notice: Notice }[] = [];
  #sender: string | undefined;
  #working = false;
  #closed = false;

  /** `onDone`: the sender knows, or has refused to. */
  constructor(participant: Pick<LocalParticipant, 'performRpc'>, onDone: (id: number) => void) {
    this.#participant = participant;
    this.#onDone = onDone;
  }

  /** Who is told; while it is undefined, notices wait. */
  set sender(identity: string | undefined) {
    this.#sender = identity;
    void this.#work();
  }

  send(id: number, notice: Notice): void {
    this.#waiting.push({ id, notice });
    void this.#work();
  }

  /** What waits is not told. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#sender !== undefined && this.#waiting.length > 0) {
      const { id, notice } = this.#waiting[0];
      const told = await this.#tell(this.#sender, notice);
      if (this.#closed) return;
      // It has gone meanwhile: told again when it is back.
      if (!told && this.#sender === undefined) break;
      this.#waiting.shift();
      this.#onDone(id);
    }
    this.#working = false;
  }

  /** @returns whether it has heard, or does not want to hear */
  async #tell(destinationIdentity: string, { method, payload }: Notice): Promise<boolean> {
    for (let tries = 1; !this.#closed; tries++) {
      try {
        await this.#participant.performRpc({
          destinationIdentity,
          method,
          payload,
          responseTimeout: ANSWER_PATIENCE_MS,
        });
        return true;
      } catch (cause) {
        const isUnknown = cause instanceof RpcError && cause.code === RpcError.ErrorCode.UNSUPPORTED_METHOD;
        if (isUnknown && method === 'lk.playback_started') return true;
        if (tries === MOST_TRIES) return false;
        await sleep(RETRY_AFTER_MS);
      }
    }
    return false;
  }
}
