import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { avatarIds } from '../../src/avatar/avatar-id.ts';

const portrait = Buffer.from('a portrait');
const name = (end: string) => createHash('sha256').update(portrait).update(end).digest('hex').slice(0, 32);

it('names avatars by portrait and face, before the names that older versions gave, newest first', () => {
  const [id, ...former] = avatarIds(portrait);
  expect(id).toBe(name('face only'));
  expect(former[0]).toBe(name('rig 38, face only'));
  expect(former.at(-1)).toBe(name('rig 1, face only'));
  expect(avatarIds(portrait, { faceIndex: 1 })[0]).toBe(name('face 1'));
});
