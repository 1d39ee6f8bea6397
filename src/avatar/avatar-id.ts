/** Avatars are named by what they are made of. */
import { createHash } from 'node:crypto';
import { type FaceChoice, serializeFacePoints } from '../contract/face-points.ts';

/** Until then avatars were named by the version of their rig, too; they keep their names. */
const LAST_RIG_VERSION_IN_IDS = 38;

/** Of a portrait's avatar: 32 hexadecimal digits. */
export function avatarId(portrait: Uint8Array, choice: FaceChoice = {}): string {
  return digest(portrait, [faceOf(choice)])[0];
}

/** Those that older versions gave it, newest first. */
export function formerAvatarIds(portrait: Uint8Array, choice: FaceChoice): string[] {
  const versions = Array.from({ length: LAST_RIG_VERSION_IN_IDS }, (_, i) => LAST_RIG_VERSION_IN_IDS - i);
  return digest(
    portrait,
    versions.map((version) => `rig ${version}, ${faceOf(choice)}`),
  );
}

function faceOf({ faceIndex, points }: FaceChoice): string {
  return points ? `face at ${serializeFacePoints(points)}` : `face ${faceIndex ?? 'only'}`;
}

/** Of the portrait with each of these after it. */
function digest(portrait: Uint8Array, ends: readonly string[]): string[] {
  const content = createHash('sha256').update(portrait);
  return ends.map((end) => content.copy().update(end).digest('hex').slice(0, 32));
}
