import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import { VultusError } from '../errors.ts';

/** @throws VultusError `invalid_request` where the file can't be read */
export function readInput(file: string): Promise<Uint8Array> {
  return named(file, 'read', readFile(file));
}

/** Creates or empties the file. @throws VultusError `invalid_request` where it can't be written */
export function openOutput(file: string): Promise<FileHandle> {
  return named(file, 'written', open(file, 'w'));
}

/** @throws VultusError `invalid_request` where the file can't be written */
export function writeOutput(file: string, data: Uint8Array): Promise<void> {
  return named(file, 'written', writeFile(file, data));
}

async function named<T>(file: string, done: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new VultusError('invalid_request', `${file} cannot be ${done}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
