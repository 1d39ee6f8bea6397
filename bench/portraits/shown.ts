/** What the portraits of ../shared/data/portraits show, by eye: none of them is a drawing. */
import type { Finding } from '../../src/contract/portrait-quality.ts';

/** Lips that touch. The mouths of the others stand open, if only a little. */
export const SHUT_MOUTHS = new Set([
  'painting_child_reader',
  'painting_lady_black_dress',
  'painting_mona_lisa',
  'photo_01',
  'photo_03',
  'photo_04',
  'photo_05',
  'photo_07',
  'photo_09',
  'photo_10',
  'photo_12',
  'photo_14',
  'photo_15',
  'photo_17',
  'stylised_cartoon_boy',
]);

/** What may be found to cover a face or to darken it. Hats and fringes are left to who looks. */
export const COVER_CODES: readonly Finding['code'][] = ['mouth_covered', 'lower_face_covered', 'dark'];

export const COVERS: Readonly<Record<string, readonly Finding['code'][]>> = {
  photo_03: ['mouth_covered', 'lower_face_covered'],
  photo_04: ['lower_face_covered'],
  photo_05: ['lower_face_covered'],
  photo_07: ['lower_face_covered'],
  photo_10: ['lower_face_covered'],
  photo_18: ['lower_face_covered'],
  photo_19: ['lower_face_covered'],
  photoreal_music_producer_profile: ['mouth_covered', 'lower_face_covered', 'dark'],
  stylised_dwarf_small_face: ['lower_face_covered'],
};
