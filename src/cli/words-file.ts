import { z } from 'zod';
import type { Word } from '../contract/speech.ts';
import { wordSchema } from '../contract/wire.ts';
import { VultusError } from '../errors.ts';
import { readInput } from './files.ts';

/**
 * What is said in a voice: a JSON array of `{ "text", "startMs", "endMs" }`, times from the beginning of the voice.
 * @throws VultusError `invalid_request` with the first thing that is wrong, `file_unusable`
 */
export async function readWords(path: string): Promise<Word[]> {
  const bytes = await readInput(path);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new VultusError('invalid_request', `${path}: ${(cause as Error).message}`, { cause });
  }
  const { data, error } = z.array(wordSchema).safeParse(value);
  if (data) return data.toSorted((one, other) => one.startMs - other.startMs);
  const [{ path: place, message }] = error.issues;
  throw new VultusError('invalid_request', `${path}: ${[...place, message].join(' ')}`);
}
