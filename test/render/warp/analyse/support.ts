import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const GALLERY = new URL('../../../../client-demo/public/gallery/', import.meta.url);
const PORTRAITS = new URL('../../../../../shared/data/portraits/', import.meta.url);

/** A portrait that comes with the program: 3-D, seen from the front, mouth closed. */
export const galleryPortrait = () => readFile(new URL('rafael.jpg', GALLERY));

/** A file of the optional `../shared` folder, or undefined where that is absent. */
export function sharedPortrait(name: string): URL | undefined {
  const file = new URL(name, PORTRAITS);
  return existsSync(file) ? file : undefined;
}
