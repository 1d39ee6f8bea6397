import { randomUUID } from 'node:crypto';
import { DialPolicy } from '../connection/dial-policy.ts';
import type { WhipTarget } from '../connection/whip/push/whip-client.ts';
import { WhipPush } from '../connection/whip/push/whip-push.ts';
import { VultusError } from '../errors.ts';
import type { SessionApi } from '../session/session-api.ts';
import type { ServerContext } from './context.ts';
import { shortId } from './log.ts';

/** Of one session, to one WHIP endpoint. */
export interface Push {
  readonly id: string;
  readonly startedAt: Date;
  readonly connection: WhipPush;
}

/** All that this server publishes to WHIP endpoints, until it ends. */
export class Pushes {
  readonly #context: ServerContext;
  readonly #policy: DialPolicy;
  readonly #ofSession = new WeakMap<SessionApi, Map<string, Push>>();
  readonly #going = new Set<WhipPush>();

  constructor(context: ServerContext) {
    this.#context = context;
    this.#policy = new DialPolicy(context.config.pushHosts);
  }

  /**
   * Publishes a session: resolves once media goes out.
   * @throws VultusError `push_refused`, `push_unreachable`, `address_not_allowed`, `address_unknown`,
   * `too_many_viewers`, `session_closed`
   */
  async start(session: SessionApi, target: WhipTarget): Promise<Push> {
    const { connections, config, metrics, log } = this.#context;
    const { iceServers, udpPorts } = config;
    const connection = new WhipPush(target, { policy: this.#policy, iceServers, udpPorts });
    const push: Push = { id: randomUUID(), startedAt: new Date(), connection };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    connection.once('live', resolve);
    connection.once('closed', (_why, error) => {
      this.#of(session).delete(push.id);
      void connection.goodbye.finally(() => this.#going.delete(connection));
      reject(error ?? new VultusError('session_closed'));
      if (!error || !connection.joined) return;
      metrics.errors.inc({ code: error.code });
      log.warn({ session: shortId(session.id), code: error.code, detail: error.detail }, 'a push has ended');
    });
    connections.add(session, connection);
    this.#going.add(connection);
    this.#of(session).set(push.id, push);
    await promise;
    return push;
  }

  list(session: SessionApi): Push[] {
    return [...this.#of(session).values()];
  }

  /** @throws VultusError `push_not_found` */
  get(session: SessionApi, id: string): Push {
    const push = this.#of(session).get(id);
    if (!push) throw new VultusError('push_not_found');
    return push;
  }

  /** All end, and their endpoints are told. Idempotent. */
  async close(): Promise<void> {
    const going = [...this.#going];
    for (const connection of going) connection.close(new VultusError('shutting_down'));
    await Promise.all(going.map(({ goodbye }) => goodbye));
  }

  #of(session: SessionApi): Map<string, Push> {
    const known = this.#ofSession.get(session) ?? new Map<string, Push>();
    this.#ofSession.set(session, known);
    return known;
  }
}
