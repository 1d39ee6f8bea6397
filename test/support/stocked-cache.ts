import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../src/config.ts';

/** The gallery as analysed by stock-gallery.ts. */
export const STOCK = join(ROOT, '.cache/test-gallery');

/** A new cache folder, with the gallery in it. */
export async function stockedCache(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vultus-test-'));
  await cp(STOCK, join(folder, 'avatars'), { recursive: true });
  return folder;
}
