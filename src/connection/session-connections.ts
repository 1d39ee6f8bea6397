import type { Role } from '../contract/roles.ts';
import { VultusError } from '../errors.ts';
import type { SessionApi } from '../session/session-api.ts';
import type { Connection, ConnectionKind } from './connection.ts';

export interface SessionConnectionsOptions {
  /** A session that nobody has joined for so long is closed: it holds a place that others could have. */
  joinTimeoutMs: number;
  /** One that has been joined, and has had no connection for so long, too: a client that went away may come back. */
  idleTimeoutMs: number;
  /** Of each session, beside its clients. */
  maxViewers: number;
  onChange?: (session: SessionApi, kind: ConnectionKind, change: 1 | -1) => void;
  /** A connection has ended by a failure of our own. */
  onFailure?: (error: VultusError) => void;
}

interface Watched {
  session: SessionApi;
  connections: Set<Connection>;
  joined: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Which connections each session has: one client of a kind, and any viewers up to a limit. */
export class SessionConnections {
  readonly #options: SessionConnectionsOptions;
  readonly #watched = new Map<string, Watched>();
  #drains = false;

  constructor(options: SessionConnectionsOptions) {
    this.#options = options;
  }

  /** Starts the idle clock of a new session; it stops when the session is closed. */
  watch(session: SessionApi): void {
    const { joinTimeoutMs } = this.#options;
    this.#watched.set(session.id, {
      session,
      connections: new Set(),
      joined: false,
      timer: this.#startTimer(session, joinTimeoutMs),
    });
    session.once('closed', () => {
      clearTimeout(this.#watched.get(session.id)?.timer);
      this.#watched.delete(session.id);
    });
  }

  /** From now on nobody waits for a client that has gone away. */
  closeUnattended(): void {
    this.#drains = true;
    for (const { session, connections } of this.#watched.values()) {
      if (connections.size === 0) session.close(new VultusError('shutting_down'));
    }
  }

  of(session: SessionApi): Connection[] {
    return [...(this.#watched.get(session.id)?.connections ?? [])];
  }

  /** @throws VultusError `too_many_viewers` where there is no room for another one */
  assertRoomFor(role: Role, session: SessionApi): void {
    const viewers = this.of(session).filter((connection) => connection.role === 'view');
    if (role === 'view' && viewers.length >= this.#options.maxViewers)
      throw new VultusError('too_many_viewers');
  }

  /**
   * Attaches a connection. A client of the same kind that is still there is closed: most often its peer has come
   * back, and nobody can tell from here whether the former way still leads anywhere.
   * @throws VultusError `too_many_viewers`, `session_closed`
   */
  add(session: SessionApi, connection: Connection): void {
    const watched = this.#watched.get(session.id);
    if (!watched) throw new VultusError('session_closed');
    this.assertRoomFor(connection.role, session);
    const former = connection.role === 'control' ? this.#clients(session, connection.kind) : [];
    connection.attach(session);
    watched.connections.add(connection);
    this.#options.onChange?.(session, connection.kind, 1);
    connection.once('closed', (why, error) => {
      watched.connections.delete(connection);
      this.#options.onChange?.(session, connection.kind, -1);
      if (why === 'failed' && error) this.#options.onFailure?.(error);
      watched.joined ||= connection.joined;
      if (watched.connections.size === 0 && this.#watched.has(session.id)) {
        const { idleTimeoutMs, joinTimeoutMs } = this.#options;
        watched.timer = this.#startTimer(session, watched.joined ? idleTimeoutMs : joinTimeoutMs);
      }
    });
    clearTimeout(watched.timer);
    watched.timer = undefined;
    for (const one of former) one.close(new VultusError('session_taken_over'));
  }

  /** One, and those before it that are taking their leave. */
  #clients(session: SessionApi, kind: ConnectionKind): Connection[] {
    return this.of(session).filter((connection) => connection.kind === kind && connection.role === 'control');
  }

  #startTimer(session: SessionApi, afterMs: number): NodeJS.Timeout {
    return setTimeout(
      () => session.close(new VultusError(this.#drains ? 'shutting_down' : 'session_idle')),
      this.#drains ? 0 : afterMs,
    ).unref();
  }
}
