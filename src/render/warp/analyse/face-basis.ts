/** Reads the face basis of a model pack (layout: models/training/vultus_training/face_basis.py). */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { BLENDSHAPES } from '../../../contract/motion-frame.ts';
import { VultusError } from '../../../errors.ts';
import { LANDMARK_COUNT } from '../../../face/topology.ts';

/** Canonical centimetres; x to the avatar's left, y up, z out of the face. */
export interface FaceBasis {
  /** `Float32Array [478·3]` */
  rest: Float32Array;
  /** `Float32Array [52·478·3]` */
  deltas: Float32Array;
}

/** @throws VultusError `pack_invalid` */
export async function readFaceBasis(file: string): Promise<FaceBasis> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new VultusError('pack_invalid', `${basename(file)} cannot be read`, { cause });
  }
  const values = LANDMARK_COUNT * 3;
  if (bytes.byteLength !== 4 * values * (1 + BLENDSHAPES.length)) {
    throw new VultusError('pack_invalid', `${basename(file)} has ${bytes.byteLength} bytes`);
  }
  const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { rest: floats.slice(0, values), deltas: floats.slice(values) };
}
