/** Reads the face basis of a model pack. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { VultusError } from '../../../errors.ts';
import { type FaceBasis, parseFaceBasis } from '../../../face/face-basis.ts';

export type { FaceBasis };

/** @throws VultusError `pack_invalid` */
export async function readFaceBasis(file: string): Promise<FaceBasis> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new VultusError('pack_invalid', `${basename(file)} cannot be read`, { cause });
  }
  const basis = parseFaceBasis(bytes);
  if (!basis) throw new VultusError('pack_invalid', `${basename(file)} has ${bytes.byteLength} bytes`);
  return basis;
}
