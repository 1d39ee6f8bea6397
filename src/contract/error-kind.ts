export interface ErrorKind {
  /** HTTP status of the problem+json answer. */
  readonly status: number;
  /** WebSocket close code, where the error ends the connection. */
  readonly closeCode: number;
  /** What happened and what the caller can do about it. */
  readonly help: string;
  /** After so many seconds it is worth asking again, where the error itself does not know better. */
  readonly retryAfterS?: number;
}
