/** Avatars are named by what they are made of. */
import { createHash } from 'node:crypto';
import { type FaceChoice, serializeFacePoints } from '../contract/face-points.ts';

/** Until then avatars were named by the version of their rig, too; they keep their names. */
const LAST_RIG_VERSION_IN_IDS = 38;

/**
 * Of a portrait's avatar, 32 hexadecimal digits each: its name, and those that older versions gave it, newest first. The
 * portrait is hashed once for all of them.
 */
export function avatarIds(portrait: Uint8Array, choice: FaceChoice = {}): [id: string, ...former: string[]] {
  const content = createHash('sha256').update(portrait);
  const face = faceOf(choice);
  const idWith = (end: string) => content.copy().update(end).digest('hex').slice(0, 32);
  const versions = Array.from({ length: LAST_RIG_VERSION_IN_IDS }, (_, i) => LAST_RIG_VERSION_IN_IDS - i);
  return [idWith(face), ...versions.map((version) => idWith(`rig ${version}, ${face}`))];
}

function faceOf({ faceIndex, points }: FaceChoice): string {
  return points ? `face at ${serializeFacePoints(points)}` : `face ${faceIndex ?? 'only'}`;
}
