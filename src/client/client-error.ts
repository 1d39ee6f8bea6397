/** Codes that arise on the client's side; all others come from the server's catalogue (`src/errors.ts`). */
export type ClientErrorCode =
  /** The request or the socket never reached a server. */
  | 'server_unreachable'
  /** An answer came that no Vultus server gives (for instance a proxy's HTML page). */
  | 'unexpected_response'
  /** A message came that does not fit the wire schema; it was left out. */
  | 'invalid_server_message'
  /** The connection broke without a word from the server. */
  | 'connection_lost'
  /** The connection was not ready in time. */
  | 'connect_timeout'
  /** The call was made after `close()`. */
  | 'connection_closed'
  /** This browser or runtime lacks what the call needs (the message says what). */
  | 'unsupported'
  /** Voice that came from the server cannot be decoded by this browser; what follows is tried again. */
  | 'voice_undecodable'
  /** The background is more than one message of this route carries. */
  | 'background_too_large'
  /** Voice was handed over in a form that does not fit the format announced in `hello`. */
  | 'invalid_audio';

/** The body of an RFC 9457 problem answer, as the server writes it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
  retryAfterS?: number;
}

interface Origin {
  /** HTTP status, where the error is a problem answer. */
  status?: number;
  /** WebSocket close code, where the error ended a connection. */
  closeCode?: number | undefined;
  retryAfterS?: number | undefined;
  cause?: unknown;
}

/** Everything that the SDK throws or reports, with a code to act on and a message to show. */
export class VultusClientError extends Error {
  readonly code: ClientErrorCode | (string & {});
  readonly status: number | undefined;
  readonly closeCode: number | undefined;
  /** Seconds after which it is worth trying again, as the server expects (`at_capacity`, `too_many_requests`, …). */
  readonly retryAfterS: number | undefined;

  constructor(code: ClientErrorCode | (string & {}), message: string, origin: Origin = {}) {
    super(message, origin.cause === undefined ? undefined : { cause: origin.cause });
    this.name = 'VultusClientError';
    this.code = code;
    this.status = origin.status;
    this.closeCode = origin.closeCode;
    this.retryAfterS = origin.retryAfterS;
  }
}

/**
 * What a close code (RFC 6455 §7.4; 4000–4999 are ours) means when the server said nothing more. Several codes
 * share one number there, so this names the most likely one.
 */
const CLOSE_CODES: Readonly<Record<number, readonly [code: string, message: string]>> = {
  1001: ['session_closed', 'The server is shutting down.'],
  1008: ['too_many_requests', 'More was sent than one connection may send.'],
  1009: ['invalid_message', 'A message was larger than the server accepts.'],
  1011: ['internal', 'Something went wrong inside the server.'],
  1013: ['at_capacity', 'The server runs as many sessions as it can keep in time; try again later.'],
  4000: ['invalid_message', 'The server refused a message that does not fit its schema.'],
  4004: ['session_not_found', 'There is no session with this id, or it has ended.'],
  4009: ['session_taken_over', 'A newer connection of the same kind controls the session.'],
  4010: ['session_closed', 'The session has ended.'],
  4015: ['unsupported_audio', 'The audio format is not supported; send s16le at 8–48 kHz or Opus.'],
  4029: ['at_capacity', 'The server cannot keep up with what was sent or asked; try again later.'],
};

/** The error behind a closed WebSocket; undefined for a normal end (1000, 1005). */
export function errorFromClose(closeCode: number, reason: string): VultusClientError | undefined {
  if (closeCode === 1000 || closeCode === 1005) return undefined;
  const known = CLOSE_CODES[closeCode];
  // The server may name the code itself in the reason, alone or before its sentence.
  const named = /^([a-z]+(?:_[a-z]+)*)(?::\s*(.+))?$/s.exec(reason);
  const code = named?.[1] ?? known?.[0] ?? 'connection_lost';
  const sentence = named ? named[2] : reason;
  const usual = code === known?.[0] ? known[1] : `The connection was lost (${code}, ${closeCode}).`;
  const message = sentence || usual;
  return new VultusClientError(code, message, { closeCode });
}

/** Failures of WebRTC that say nothing against the WebSocket. */
const BLOCKED: readonly string[] = ['unsupported', 'connect_timeout', 'connection_lost'];

/** Whether it is WebRTC that does not get through here, so that the WebSocket may. */
export function isWebRtcBlocked(error: unknown): error is VultusClientError {
  return error instanceof VultusClientError && BLOCKED.includes(error.code);
}
