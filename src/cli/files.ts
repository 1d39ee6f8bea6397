import { readFile, stat } from 'node:fs/promises';
import { VultusError } from '../errors.ts';

/** What the file system says, in words for whoever named the file. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'its rights forbid it',
  EPERM: 'its rights forbid it',
  EROFS: 'its disk cannot be written to',
  ENOSPC: 'the disk is full',
};

/** @throws VultusError `file_unusable` where the file can't be read */
export async function readInput(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** For a file that is read elsewhere. @throws VultusError `file_unusable` */
export async function assertFile(file: string): Promise<void> {
  const there = await stat(file).catch((cause) => {
    throw unreadable(file, cause);
  });
  if (there.isDirectory()) throw new VultusError('file_unusable', `${file} cannot be read: it is a folder`);
}

export function reasonOf(cause: unknown): string {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

function unreadable(file: string, cause: unknown): VultusError {
  return new VultusError('file_unusable', `${file} cannot be read: ${reasonOf(cause)}`, { cause });
}
