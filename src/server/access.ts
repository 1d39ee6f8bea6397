import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addressKey } from '../budget/address-key.ts';
import type { RateBudget } from '../budget/rate-budget.ts';
import type { Role } from '../contract/roles.ts';
import { VultusError } from '../errors.ts';
import type { SessionApi } from '../session/session-api.ts';
import { corsAnswer } from './cors.ts';
import { SessionTokens } from './session-tokens.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route of one session (`:id`): with a token of this role the API key is not needed. */
    sessionToken?: Role;
  }
}

/** What a request has to show, from its header `Authorization` and its query. */
export interface Credentials {
  /** Who shows it (see `addressKey`). */
  address: string;
  authorization: string | undefined;
  token: string | undefined;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Who may do what: the API key for everything under `/v1`, a session's tokens for that session. */
export class Access {
  readonly tokens = new SessionTokens();
  readonly #wanted: Buffer | undefined;
  readonly #wrongKeys: RateBudget;

  /** Without a key everybody may do everything, and nobody needs a token. */
  get open(): boolean {
    return this.#wanted === undefined;
  }

  /** `wrongKeys`: of one address; beyond them none of its keys is looked at, so that no key is found by trying. */
  constructor(apiKey: string | undefined, wrongKeys: RateBudget) {
    this.#wrongKeys = wrongKeys;
    this.#wanted = apiKey === undefined ? undefined : digest(apiKey);
  }

  /**
   * A connection of this role to a session, by the key or by a token.
   * @returns the token for the next one
   * @throws VultusError `unauthorized`, `too_many_requests`
   */
  connect(session: SessionApi, role: Role, credentials: Credentials): string {
    const next = this.tokens.use(session, tokenOf(credentials), role);
    if (next !== undefined) return next;
    this.#checkKey(credentials);
    return this.tokens.issue(session, role);
  }

  /** Hook: asks for the key (RFC 6750), or where the route says so for a token of its session. */
  readonly require = async (request: FastifyRequest): Promise<void> => {
    // The pattern that was matched, not the address: that can be spelled in many ways (/%76%31/…).
    if (!request.routeOptions.url?.startsWith('/v1/')) return;
    // Tells nothing of what is there, and browsers ask before they may show a token (CORS).
    if (request.method === 'OPTIONS') return;
    const credentials = credentialsOf(request);
    const { sessionToken } = request.routeOptions.config;
    const { id } = request.params as { id?: string };
    if (sessionToken && id && this.tokens.admits(id, tokenOf(credentials), sessionToken)) return;
    this.#checkKey(credentials);
  };

  /**
   * Asks for the key where it does not stand in `Authorization`, as clients of others send it.
   * @throws VultusError `unauthorized`, `too_many_requests`
   */
  requireKey(request: FastifyRequest, header?: string): void {
    const credentials = credentialsOf(request);
    const key = header === undefined ? undefined : request.headers[header];
    this.#checkKey(
      typeof key === 'string' ? { ...credentials, authorization: `Bearer ${key}` } : credentials,
    );
  }

  #checkKey({ authorization, address }: Credentials): void {
    if (!this.#wanted) return;
    const key = bearer(authorization);
    if (key === undefined) throw new VultusError('unauthorized');
    const guesses = this.#wrongKeys.bucket(address);
    if (guesses && guesses.level < 1) throw this.#wrongKeys.refusal(guesses.waitMs());
    if (timingSafeEqual(digest(key), this.#wanted)) return;
    guesses?.spend(1);
    throw new VultusError('unauthorized', 'the key that was sent is not the one');
  }
}

export function credentialsOf(request: FastifyRequest): Credentials {
  const { token } = request.query as { token?: unknown };
  return {
    address: addressKey(request.ip),
    authorization: request.headers.authorization,
    token: typeof token === 'string' ? token : undefined,
  };
}

/** Browsers cannot send a header with a WebSocket, so a token may stand in the query too. */
function tokenOf({ authorization, token }: Credentials): string | undefined {
  return token ?? bearer(authorization);
}

/** The token of a header `Authorization` (RFC 6750). */
export function bearer(authorization: string | undefined): string | undefined {
  return /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
}

/** Refuses requests for hosts that are not this server's (see `hostCheck`). */
export function requireHost(allows: (header: string | undefined) => boolean) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!allows(request.headers.host)) throw new VultusError('host_not_allowed');
  };
}

/** Origins that are told to the operator: a page that asks again and again, or under many names, fills no log. */
const MOST_TOLD = 20;

/**
 * Lets pages of these other origins use the API (see `corsAnswer`). A browser tells nobody why a
 * page gets no answer, so the log does.
 */
export function allowOrigins(origins: readonly string[]) {
  const told = new Set<string>();
  const tell = (origin: string, { headers, log }: FastifyRequest): void => {
    if (told.has(origin) || told.size >= MOST_TOLD || isOwn(origin, headers.host)) return;
    told.add(origin);
    log.warn({ origin }, 'a page of another origin gets no answer; --cors-origins would let it in');
  };
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { headers, isAllowed, isPreflight } = corsAnswer(origins, request);
    reply.headers(headers);
    if (isAllowed === false) tell(request.headers.origin ?? '', request);
    if (!isPreflight) return undefined;
    // A route that answers it has more to say (RFC 9725 §4.2).
    return request.routeOptions.url === undefined ? reply.code(204).send() : undefined;
  };
}

/**
 * A hook for routes that take what a page may send without asking (forms): those of other origins are refused, for a
 * browser on the operator's machine reaches a server there that asks for no key.
 * @throws VultusError `origin_not_allowed`
 */
export function refuseOtherOrigins(origins: readonly string[]) {
  return async ({ headers: { origin, host } }: FastifyRequest): Promise<void> => {
    if (origin === undefined || isOwn(origin, host)) return;
    if (!(origins.includes('*') || origins.includes(origin))) throw new VultusError('origin_not_allowed');
  };
}

function isOwn(origin: string, host: string | undefined): boolean {
  return URL.parse(origin)?.host === host;
}
