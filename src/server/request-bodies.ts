import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addressKey } from '../budget/address-key.ts';
import type { CountedBudget } from '../budget/counted-budget.ts';
import type { RateBudget } from '../budget/rate-budget.ts';
import { VultusError } from '../errors.ts';
import { hasBody } from './turn-away.ts';

/** Of every body but portraits: a background as a data URL has to fit in. */
export const MAX_JSON_BYTES = 1 << 20;

/** A body that has not come by then has to come at this rate at least, on average: 20 MB in ten minutes. */
const GRACE_MS = 5000;
const LEAST_BYTES_PER_S = 32_000;
const CHECK_MS = 1000;

export interface BodyLimits {
  bytes: CountedBudget;
  slots?: CountedBudget;
  /** Of one body; one that does not say how long it is counts as so long. */
  mostBytes: number;
}

/** A hook for `onRequest`: one from the address that asks. @throws VultusError `too_many_requests` */
export function limitRate(budget: RateBudget) {
  return async (request: FastifyRequest): Promise<void> => budget.take(addressKey(request.ip));
}

/**
 * A hook for `onRequest`: takes what a body will hold in memory before any of it is read, and gives it back once the
 * request is answered. One that comes too slowly is given up.
 * @throws VultusError `server_busy`, `too_many_requests`
 */
export function holdBody({ bytes, slots, mostBytes }: BodyLimits) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (!hasBody(request)) return;
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    const size = coding === undefined ? Number(length) : mostBytes;
    // One that is too large is refused by its length alone.
    if (size > mostBytes) return;
    const key = addressKey(request.ip);
    const held: (() => void)[] = [];
    const giveBack = () => {
      for (const one of held.splice(0)) one();
    };
    try {
      if (slots) held.push(slots.take(key));
      held.push(bytes.take(key, size));
    } catch (cause) {
      giveBack();
      throw cause;
    }
    const watching = watchPace(request.raw, () => reply.send(new VultusError('request_too_slow')));
    reply.raw.once('close', () => {
      clearInterval(watching);
      giveBack();
    });
  };
}

function watchPace(request: IncomingMessage, onSlow: () => void): NodeJS.Timeout {
  const fromMs = performance.now();
  const before = request.socket.bytesRead;
  const timer = setInterval(() => {
    if (request.complete || request.destroyed) return clearInterval(timer);
    const elapsedMs = performance.now() - fromMs;
    const came = request.socket.bytesRead - before;
    if (elapsedMs > GRACE_MS && came < (elapsedMs / 1000) * LEAST_BYTES_PER_S) {
      clearInterval(timer);
      onSlow();
    }
  }, CHECK_MS);
  return timer.unref();
}
