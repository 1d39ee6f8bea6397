import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const FOLDERS = ['portraits/', '../../client-demo/public/gallery/'];

/** The file of a portrait: `rafael`, which tests have for themselves, or one of the gallery. */
export function portraitFile(name = 'rafael'): URL {
  const files = FOLDERS.flatMap((folder) =>
    ['jpg', 'png'].map((type) => new URL(`${folder}${name}.${type}`, import.meta.url)),
  );
  const found = files.find((file) => existsSync(file));
  if (!found) throw new Error(`there is no portrait ${name}`);
  return found;
}

export const ourPortrait = (name?: string) => readFile(portraitFile(name));
