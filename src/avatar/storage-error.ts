import { getSystemErrorMessage } from 'node:util';
import { VultusError } from '../errors.ts';

/** A full disk, somebody's share of it (quota), and the size that a file may have (`ulimit -f`). */
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * What the file system refused, with a code of ours. Its detail names no path: callers see it; `cause` does, for
 * the log.
 */
export function storageError(cause: unknown): VultusError {
  if (cause instanceof VultusError) return cause;
  const { code = '', errno } = cause as NodeJS.ErrnoException;
  const detail = errno === undefined ? undefined : getSystemErrorMessage(errno);
  return new VultusError(NO_ROOM.includes(code) ? 'storage_full' : 'storage_failed', detail, { cause });
}

/** Whether there is nothing at that path: anything else that fails says nothing about what is there. */
export function isAbsent(cause: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
}
