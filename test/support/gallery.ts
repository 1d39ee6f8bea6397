import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../client-demo/public/gallery/', import.meta.url);

/** Path of the first portrait of the gallery, which the project ships. */
export function firstGalleryPortrait(): string {
  const [{ file }] = JSON.parse(readFileSync(new URL('gallery.json', folder), 'utf8')) as { file: string }[];
  return fileURLToPath(new URL(file, folder));
}
