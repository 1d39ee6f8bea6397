import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { VultusError } from '../errors.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Asks for the API key on everything under `/v1` (RFC 6750). The WebSocket of a session is the exception:
 * browsers cannot send a header there, and the session's random id is as good as a key.
 */
export function requireApiKey(apiKey: string) {
  const wanted = digest(apiKey);
  return async (request: FastifyRequest): Promise<void> => {
    // The pattern that was matched, not the address: that can be spelled in many ways (/%76%31/…).
    if (!request.routeOptions.url?.startsWith('/v1/')) return;
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!timingSafeEqual(digest(given), wanted)) throw new VultusError('unauthorized');
  };
}

/** Refuses requests for hosts that are not this server's (see `hostCheck`). */
export function requireHost(allows: (header: string | undefined) => boolean) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!allows(request.headers.host)) throw new VultusError('host_not_allowed');
  };
}

/** Lets pages of other origins use the API (the CORS protocol of the Fetch standard). */
export function allowOrigins(origins: readonly string[]) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const origin = request.headers.origin;
    reply.header('vary', 'origin');
    if (origin === undefined || !(origins.includes('*') || origins.includes(origin))) return undefined;
    reply.header('access-control-allow-origin', origin);
    reply.header('access-control-expose-headers', 'retry-after');
    const asked = request.method === 'OPTIONS' && request.headers['access-control-request-method'];
    if (!asked) return undefined;
    return reply
      .header('access-control-allow-methods', 'GET, POST, PATCH, DELETE')
      .header('access-control-allow-headers', 'authorization, content-type')
      .header('access-control-max-age', '600')
      .code(204)
      .send();
  };
}
