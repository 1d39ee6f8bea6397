import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../../src/config.ts';

/** The gallery as a server before has analysed it: ten seconds less for each test that starts one. */
const STOCK = join(ROOT, '.cache/test-gallery');

/** A new cache folder, with the gallery in it where that has been kept; what is out of date is made again. */
export async function stockedCache(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vultus-test-'));
  await cp(STOCK, join(folder, 'avatars'), { recursive: true }).catch(() => {});
  return folder;
}

/** Keeps the gallery of a server that is ready, if nobody has. */
export async function keepStock(cacheDir: string): Promise<void> {
  await mkdir(dirname(STOCK), { recursive: true });
  const draft = await mkdtemp(`${STOCK}-`);
  try {
    await cp(join(cacheDir, 'avatars'), draft, { recursive: true });
    await rename(draft, STOCK);
  } catch {
    // It is there already.
    await rm(draft, { recursive: true, force: true });
  }
}
