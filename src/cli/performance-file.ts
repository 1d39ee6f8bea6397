import type { PerformedFrame } from '../contract/performed-motion.ts';
import { VultusError } from '../errors.ts';
import { readLiveLinkCsv } from '../model/read-live-link-csv.ts';
import { readInput } from './files.ts';

/**
 * What a performer's face did, as a CSV of Live Link Face, beginning with the voice.
 * @throws VultusError `invalid_request` with the first thing that is wrong, `file_unusable`
 */
export async function readPerformance(path: string): Promise<PerformedFrame[]> {
  const bytes = await readInput(path);
  try {
    return readLiveLinkCsv(new TextDecoder().decode(bytes));
  } catch (cause) {
    if (!(cause instanceof VultusError)) throw cause;
    throw new VultusError(cause.code, `${path}: ${cause.detail}`, { cause });
  }
}
