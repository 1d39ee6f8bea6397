import { DialPolicy } from '../connection/dial-policy.ts';
import { LiveKitConnection, type LiveKitRequest } from '../connection/livekit/livekit-connection.ts';
import { Rooms } from '../connection/livekit/rooms.ts';
import { VultusError } from '../errors.ts';
import type { SessionApi } from '../session/session-api.ts';
import type { ServerContext } from './context.ts';
import { type Log, shortId } from './log.ts';
import { type NewSession, openSession } from './open-session.ts';

const SCHEMES = new Set(['ws:', 'wss:', 'http:', 'https:']);

/** Sessions that are participants of LiveKit's rooms, and the process in which they sit there. */
export class LiveKitSessions {
  readonly #context: ServerContext;
  readonly #rooms: Rooms;
  readonly #policy: DialPolicy;

  constructor(context: ServerContext) {
    const { config, log, metrics } = context;
    this.#context = context;
    // The operator's own LiveKit server, for whose jobs this one is there.
    const own = config.livekit ? [new URL(config.livekit).hostname] : [];
    const rules = [...config.livekitHosts, ...own];
    this.#policy = new DialPolicy(rules);
    this.#rooms = new Rooms({
      rules,
      onFault: (detail) => {
        metrics.errors.inc({ code: 'room_failed' });
        log.warn({ detail }, 'something was thrown in the process in LiveKit rooms');
      },
      onFailure: (err, rooms) => {
        metrics.errors.inc({ code: err.code });
        log.error({ err, rooms }, 'the process in LiveKit rooms has ended; its rooms are joined anew');
      },
    });
  }

  /**
   * Opens a session and joins a room with it: resolves once its tracks are there. It ends when the room is left for good.
   * @param log of the request
   * @param onOpened its session counts among those that run, and joins
   * @throws VultusError as `openSession`, and `address_not_allowed`, `address_unknown`, `room_refused`,
   * `room_unreachable`
   */
  async open(
    wanted: NewSession,
    room: LiveKitRequest,
    log: Pick<Log, 'info'>,
    onOpened?: () => void,
  ): Promise<SessionApi> {
    if (wanted.background === 'matte')
      throw new VultusError('invalid_request', 'background: a room has no place for a matte');
    await this.#assertDialable(room.url);
    const session = await openSession(this.#context, wanted, log);
    onOpened?.();
    try {
      await this.join(session, room);
      return session;
    } catch (cause) {
      session.close(cause instanceof VultusError ? cause : undefined);
      throw cause;
    }
  }

  /** Has a session join a room, and end with it. Rejects where it cannot. */
  async join(session: SessionApi, room: LiveKitRequest): Promise<void> {
    const { connections, budgets, log, metrics } = this.#context;
    const connection = new LiveKitConnection(this.#rooms, room, { budgets });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    connection.once('joined', resolve);
    connection.once('closed', (_why, error = new VultusError('room_left')) => {
      reject(error);
      session.close(error);
    });
    connection.on('refused', (error) => {
      metrics.errors.inc({ code: error.code });
      log.warn({ session: shortId(session.id), code: error.code, detail: error.detail }, 'voice was refused');
    });
    connections.add(session, connection);
    await promise;
  }

  /** Before anything is opened; what is dialled is looked at once more. */
  async #assertDialable(url: string): Promise<void> {
    const target = URL.canParse(url) ? new URL(url) : undefined;
    if (!target || !SCHEMES.has(target.protocol))
      throw new VultusError('address_unknown', 'url: neither ws, wss, http nor https');
    await this.#policy.addresses(target.hostname);
  }

  /** All rooms are left. Idempotent. */
  async close(): Promise<void> {
    await this.#rooms.close();
  }
}
