import type { Containment } from '../containment.ts';
import type { Output } from '../contract/outputs.ts';
import { VultusError } from '../errors.ts';
import type { SessionApi, SessionEvents, Speaker, Taker, Taking } from '../session/session-api.ts';

export type SessionListeners = { [Name in keyof SessionEvents]: (...values: SessionEvents[Name]) => void };

/**
 * What ties a connection to its session: the listeners that it has there, the outputs that it takes, and what it says.
 * All that runs on behalf of the connection runs within its walls, so that an exception there ends this connection,
 * with a code, and neither its session nor the connections beside it.
 */
export class Attachment {
  readonly session: SessionApi;
  /** For all voice that comes by this connection. */
  readonly speaker: Speaker;
  readonly #walls: Containment;
  readonly #ends: (() => void)[] = [];
  #closed = false;

  /** `walls`: of the connection; whatever fails within them has to end it. Throws `session_closed`. */
  constructor(session: SessionApi, walls: Containment) {
    if (session.closed) throw new VultusError('session_closed');
    this.session = session;
    this.speaker = session.openSpeaker();
    this.#walls = walls;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Hears these events until it is closed. */
  on(listeners: Partial<SessionListeners>): void {
    for (const [name, listener] of Object.entries(listeners) as [keyof SessionEvents, () => void][]) {
      const contained = this.#contained(listener);
      this.session.on(name, contained);
      this.#ends.push(() => this.session.off(name, contained));
    }
  }

  /** Throws `session_closed`. */
  take(outputs: readonly Output[], taker: Taker): Taking {
    const contained = Object.fromEntries(
      Object.entries(taker).map(([kind, take]) => [kind, this.#contained(take)]),
    );
    const taking = this.session.take(outputs, contained);
    this.#ends.push(() => taking.close());
    return taking;
  }

  /** Runs what the peer or a timer asks for, unless the connection or its session has ended. */
  contain(action: () => void): void {
    if (this.#closed || this.session.closed) return;
    this.#walls.run(action);
  }

  /** Hears and takes nothing any more. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const end of this.#ends) end();
    if (!this.session.closed) this.speaker.close();
  }

  /** Also for the last event of a session that has ended already. */
  #contained<Values extends unknown[]>(listener: (...values: Values) => void): (...values: Values) => void {
    return (...values) => {
      if (!this.#closed) this.#walls.run(() => listener(...values));
    };
  }
}
