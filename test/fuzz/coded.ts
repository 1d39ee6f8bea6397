import type { ErrorCode } from '../../src/contract/error-codes.ts';
import { VultusError } from '../../src/errors.ts';

/** What the work returns; undefined where it throws with one of these codes, as it may. Any other error is passed on. */
export function coded<Result>(codes: readonly ErrorCode[], work: () => Result): Result | undefined {
  try {
    return work();
  } catch (cause) {
    return allow(codes, cause);
  }
}

/** The same of work that takes its time. */
export async function codedLater<Result>(
  codes: readonly ErrorCode[],
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (cause) {
    return allow(codes, cause);
  }
}

function allow(codes: readonly ErrorCode[], cause: unknown): undefined {
  if (cause instanceof VultusError && codes.includes(cause.code)) return undefined;
  throw cause;
}
