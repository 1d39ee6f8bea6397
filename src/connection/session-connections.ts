import { VultusError } from '../errors.ts';
import type { SessionApi } from '../session/session-api.ts';

export type ConnectionRoute = 'websocket' | 'webrtc';

export interface Closable {
  /** `reason`: why the session has ended, where it is not that somebody closed it. */
  close(reason?: VultusError): void;
}

interface Watched {
  connections: Map<ConnectionRoute, Closable>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Which connections each session has: at most one of a kind. A session that has had none for `idleTimeoutMs`
 * is closed, so that a client that went away costs nothing for long.
 */
export class SessionConnections {
  readonly #idleTimeoutMs: number;
  readonly #onChange: (route: ConnectionRoute, change: 1 | -1) => void;
  readonly #watched = new Map<string, Watched>();

  constructor(idleTimeoutMs: number, onChange: (route: ConnectionRoute, change: 1 | -1) => void = () => {}) {
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#onChange = onChange;
  }

  /** Starts the idle clock of a new session; it stops when the session is closed. */
  watch(session: SessionApi): void {
    this.#watched.set(session.id, { connections: new Map(), timer: this.#startTimer(session) });
    session.once('closed', (reason) => {
      const watched = this.#watched.get(session.id);
      clearTimeout(watched?.timer);
      this.#watched.delete(session.id);
      for (const [route, connection] of watched?.connections ?? []) {
        this.#onChange(route, -1);
        connection.close(reason);
      }
    });
  }

  /** The connection of this kind, if there is one. */
  of(session: SessionApi, route: ConnectionRoute): Closable | undefined {
    return this.#watched.get(session.id)?.connections.get(route);
  }

  /** @throws VultusError `session_busy` if the session has a connection of this kind. */
  assertFree(session: SessionApi, route: ConnectionRoute): void {
    if (this.#watched.get(session.id)?.connections.has(route)) throw new VultusError('session_busy');
  }

  /**
   * Attaches a connection; one of the same kind that is still there is closed, as its peer has come back.
   * @returns a function that detaches it, to be called when it has closed (idempotent)
   */
  attach(session: SessionApi, route: ConnectionRoute, connection: Closable): () => void {
    const watched = this.#watched.get(session.id);
    if (!watched) throw new VultusError('session_closed');
    const former = watched.connections.get(route);
    watched.connections.set(route, connection);
    this.#onChange(route, 1);
    if (former) {
      this.#onChange(route, -1);
      former.close();
    }
    clearTimeout(watched.timer);
    watched.timer = undefined;
    return () => {
      if (watched.connections.get(route) !== connection) return;
      watched.connections.delete(route);
      if (!this.#watched.has(session.id)) return; // closed, and counted then
      this.#onChange(route, -1);
      if (watched.connections.size > 0) return;
      watched.timer = this.#startTimer(session);
    };
  }

  #startTimer(session: SessionApi): NodeJS.Timeout {
    return setTimeout(() => session.close(), this.#idleTimeoutMs).unref();
  }
}
