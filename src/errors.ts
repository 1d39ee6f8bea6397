import { ERRORS, type ErrorCode } from './contract/error-codes.ts';
import type { ErrorKind } from './contract/error-kind.ts';

/** An error with a code from the catalogue; `detail` says what was wrong in this case. */
export class VultusError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  /** Whole seconds after which it is worth asking again; undefined where waiting does not help. */
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions & { retryAfterS?: number }) {
    super(detail ? `${ERRORS[code].help} (${detail})` : ERRORS[code].help, options);
    this.name = 'VultusError';
    this.code = code;
    this.detail = detail;
    const kind: ErrorKind = ERRORS[code];
    this.retryAfterS = options?.retryAfterS ?? kind.retryAfterS;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get closeCode(): number {
    return ERRORS[this.code].closeCode;
  }
}

/** Wraps whatever was thrown, so that nothing without a code leaves the server. */
export function toVultusError(cause: unknown): VultusError {
  if (cause instanceof VultusError) return cause;
  return new VultusError('internal', undefined, { cause });
}

/** What was thrown, with `code` where it has none of its own. */
export function withCode(code: ErrorCode, cause: unknown): VultusError {
  if (cause instanceof VultusError && cause.code !== 'internal') return cause;
  return new VultusError(code, cause instanceof Error ? cause.message : String(cause), { cause });
}
