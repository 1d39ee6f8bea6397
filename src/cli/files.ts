import { readFile } from 'node:fs/promises';
import { VultusError } from '../errors.ts';

/** @throws VultusError `invalid_request` where the file can't be read */
export async function readInput(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new VultusError('invalid_request', `${file} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}
