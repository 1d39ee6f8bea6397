import type { ConnectionKind } from '../connection/connection.ts';
import type { SessionApi } from '../session/session-api.ts';
import { type Log, shortId } from './log.ts';

/** A line for the start of each session and one for its end. */
export class SessionLog {
  readonly #log: Log;
  /** Connections that each session has had. */
  readonly #peers = new WeakMap<SessionApi, Partial<Record<ConnectionKind, number>>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** `log`: of the request. */
  opened(session: SessionApi, log: Pick<Log, 'info'>): void {
    const { avatarId, width, height, fps, codec, latency } = session.settings;
    const peers: Partial<Record<ConnectionKind, number>> = { websocket: 0, webrtc: 0 };
    this.#peers.set(session, peers);
    const id = shortId(session.id);
    log.info(
      { session: id, avatar: shortId(avatarId), size: `${width}×${height}`, fps, codec, latency },
      'session opened',
    );
    session.once('closed', (reason) => {
      const { framesSent, framesLate } = session.stats;
      const all = framesSent + framesLate;
      this.#log.info(
        {
          session: id,
          reason: reason?.code ?? 'closed',
          durationS: Math.round((Date.now() - session.createdAt.getTime()) / 1000),
          codec,
          pictures: framesSent,
          latePercent: all > 0 ? Number(((100 * framesLate) / all).toFixed(2)) : 0,
          peers,
        },
        'session ended',
      );
    });
    session.on('error', (error) => {
      // What a caller did wrong is told to the caller; only our own failures belong in the log.
      this.#log[error.status >= 500 ? 'error' : 'debug']({ session: id, err: error }, error.code);
    });
  }

  connected(session: SessionApi, kind: ConnectionKind): void {
    const peers = this.#peers.get(session);
    if (peers) peers[kind] = (peers[kind] ?? 0) + 1;
  }
}
