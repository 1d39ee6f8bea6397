import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config.ts';

export type Log = Logger;

/**
 * What the server says of itself: JSON lines, one for each thing that happened; on a terminal, lines for people.
 * Secrets stay out, and of ids only so much that lines of the same session can be found together (see `shortId`).
 */
export function createLog(level: Config['logLevel'], out: DestinationStream = process.stdout): Log {
  // Whoever read it may have gone (EPIPE): a server without a log is still a server.
  if (out === process.stdout) process.stdout.on('error', () => {});
  const forPeople = out === process.stdout && process.stdout.isTTY;
  const options = { level, base: undefined, redact: ['req.headers.authorization'] };
  if (!forPeople) return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, out);
  return pino(options, pretty({ translateTime: 'HH:MM:ss', ignore: 'reqId', sync: true }));
}

/** Says it at every level: what whoever started the server waits for. */
export function announce(log: Log, message: string): void {
  log.child({}, { level: 'info' }).info(message);
}

/** Opens nothing, and still tells sessions apart. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
