import { VultusClientError } from './client-error.ts';
import { wait } from './wait.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;
/** By so much each wait is longer or shorter by lot, so that the clients of one server do not all come at once. */
const SPREAD = 0.3;
/** Longer than a server keeps a session without connections, unless it was told otherwise. */
const GIVE_UP_MS = 120_000;

/** Codes of attempts after which another one may succeed. */
const PASSING: ReadonlySet<string> = new Set([
  'server_unreachable',
  'unexpected_response',
  'connection_lost',
  'connect_timeout',
  'too_many_requests',
  'server_busy',
  'at_capacity',
  'starting',
]);
/** From here on, close codes are our server's own (RFC 6455 §7.4.2): it has ended the connection. */
const OWN_CLOSE_CODES = 3000;

/** Whether a connection ended without a word from the server, so that it is worth while to make it again. */
export function isBroken(error: VultusClientError | undefined): error is VultusClientError {
  return error?.code === 'connection_lost' && (error.closeCode ?? 0) < OWN_CLOSE_CODES;
}

/**
 * Calls `open` until it resolves, with longer and longer waits before.
 * @throws what `open` threw last, where that does not pass or has not for two minutes; the reason of `signal`
 */
export async function reopen(
  open: () => Promise<void>,
  options: {
    lost: VultusClientError;
    onAttempt: (attempt: number, error: VultusClientError) => void;
    signal: AbortSignal;
  },
): Promise<void> {
  const { signal } = options;
  const giveUpAtMs = performance.now() + GIVE_UP_MS;
  let error = options.lost;
  for (let attempt = 1; ; attempt++) {
    options.onAttempt(attempt, error);
    await wait(waitMs(attempt, error), signal);
    try {
      return await open();
    } catch (cause) {
      signal.throwIfAborted();
      if (!(cause instanceof VultusClientError)) throw cause;
      if (!PASSING.has(cause.code) || performance.now() > giveUpAtMs) throw cause;
      error = cause;
    }
  }
}

function waitMs(attempt: number, { retryAfterS = 0 }: VultusClientError): number {
  const usualMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return Math.max(1000 * retryAfterS, usualMs * (1 + SPREAD * (2 * Math.random() - 1)));
}
