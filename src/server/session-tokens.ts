import { randomBytes } from 'node:crypto';
import type { Role } from '../contract/roles.ts';
import type { SessionApi } from '../session/session-api.ts';

/** 192 bits: nobody guesses one. */
const TOKEN_BYTES = 24;
/** Of one session; beyond, the oldest goes. */
const MOST_TOKENS = 256;

interface Grant {
  role: Role;
  /** Those that follow one another, one for each connection of a client. */
  chain: symbol;
}

/**
 * Tokens that are enough for one session, so that no API key is in a browser and the id of a session opens nothing.
 * Each connection gets the one for the next (in `ready`); once that is used, those before it are worth nothing. All
 * end with their session.
 */
export class SessionTokens {
  readonly #grants = new Map<string, Map<string, Grant>>();

  issue(session: Pick<SessionApi, 'id' | 'once'>, role: Role): string {
    return this.#add(session, { role, chain: Symbol() });
  }

  /** `control` may all that `view` may. */
  admits(sessionId: string, token: string | undefined, role: Role): boolean {
    const grant = this.#grants.get(sessionId)?.get(token ?? '');
    return grant !== undefined && (role === 'view' || grant.role === 'control');
  }

  /**
   * A connection is made with it.
   * @returns the token for the next one; undefined where this one does not admit
   */
  use(session: Pick<SessionApi, 'id' | 'once'>, token: string | undefined, role: Role): string | undefined {
    if (!this.admits(session.id, token, role)) return undefined;
    const grants = this.#grants.get(session.id)!;
    const { role: most, chain } = grants.get(token!)!;
    // Who may control and only watches begins a chain of those who watch.
    if (most !== role) return this.issue(session, role);
    for (const [other, grant] of grants) if (grant.chain === chain && other !== token) grants.delete(other);
    return this.#add(session, { role, chain });
  }

  #add(session: Pick<SessionApi, 'id' | 'once'>, grant: Grant): string {
    let grants = this.#grants.get(session.id);
    if (!grants) {
      grants = new Map();
      this.#grants.set(session.id, grants);
      session.once('closed', () => this.#grants.delete(session.id));
    }
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    grants.set(token, grant);
    const [oldest] = grants.keys();
    if (grants.size > MOST_TOKENS) grants.delete(oldest);
    return token;
  }
}
