import type { FastifyReply, FastifyRequest } from 'fastify';

/** So long a peer may go on sending what nobody takes any more, so that it hears why. */
const LINGER_MS = 1000;

/**
 * For an answer to a request whose body has not been read, and will not be: the connection ends after it (RFC 9112
 * §9.3), in two steps (§9.6), since who is cut off while it sends never reads the answer.
 */
export function turnAwayUnread(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request;
  if (raw.complete || !hasBody(request)) return;
  reply.header('connection', 'close');
  const { socket } = raw;
  socket.destroySoon = () => {
    socket.end();
    raw.resume();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
}

/** RFC 9112 §6: a request has a body where one of these headers says so. */
export function hasBody({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
