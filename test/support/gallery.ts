import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import type { Rig } from '../../src/render/renderer.ts';

const folder = new URL('../../client-demo/public/gallery/', import.meta.url);

/** Path of the first portrait of the gallery, which the project ships. */
export function firstGalleryPortrait(): string {
  const [{ file }] = JSON.parse(readFileSync(new URL('gallery.json', folder), 'utf8')) as { file: string }[];
  return fileURLToPath(new URL(file, folder));
}

/** Its rig. */
export async function galleryRig(): Promise<Rig> {
  const factory = await AvatarFactory.create();
  try {
    const { rig } = await factory.analyse(await readFile(firstGalleryPortrait()));
    return rig;
  } finally {
    await factory.close();
  }
}
