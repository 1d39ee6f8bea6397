/** The face basis of a model pack (layout: models/training/vultus_training/face_basis.py). */
import { BLENDSHAPES } from '../contract/motion-frame.ts';
import { LANDMARK_COUNT } from './topology.ts';

/** Canonical centimetres; x to the avatar's left, y up, z out of the face. */
export interface FaceBasis {
  /** `Float32Array [478·3]` */
  rest: Float32Array;
  /** `Float32Array [52·478·3]` */
  deltas: Float32Array;
}

/** @returns undefined where it has another length */
export function parseFaceBasis(bytes: Uint8Array): FaceBasis | undefined {
  const values = LANDMARK_COUNT * 3;
  if (bytes.byteLength !== 4 * values * (1 + BLENDSHAPES.length)) return undefined;
  const floats = new Float32Array(bytes.slice().buffer);
  return { rest: floats.slice(0, values), deltas: floats.slice(values) };
}
