/**
 * Mouths, eyes, lids, brows, cheeks and edges of portraits, to be looked at one by one: a page, and a sheet for each
 * portrait and part. With another checkout, its pictures above ours.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { galleryPortraits, sharedPortraits } from '../fixtures.ts';
import { RESULTS_FOLDER, type Report } from '../report.ts';
import { writePage } from './page.ts';

export interface CloseUpsOptions {
  /** A folder of pictures, by default those of ../shared/data/portraits and of the gallery. */
  portraits?: string | undefined;
  /** Another checkout, with its own modules, that is shown above this one. */
  before?: string | undefined;
  /** No portrait is begun after so many; who calls again goes on. */
  minutes?: number | undefined;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DRAW = fileURLToPath(new URL('draw.ts', import.meta.url));

export async function benchCloseUps({ portraits, before, minutes }: CloseUpsOptions): Promise<Report> {
  const files = portraits ? picturesIn(portraits) : [...sharedPortraits(), ...galleryPortraits()];
  const folder = join(RESULTS_FOLDER, 'close-ups');
  const sides: Record<string, string> = before ? { before: join(folder, 'before') } : {};
  sides.now = join(folder, 'now');
  const deadline = minutes ? Date.now() + 60_000 * minutes : Number.POSITIVE_INFINITY;
  for (const [side, strips] of Object.entries(sides)) {
    for (const name of files.map(nameOf)) rmSync(join(strips, name), { recursive: true, force: true });
    const checkout = side === 'before' && before ? resolve(before) : ROOT;
    await draw([checkout, strips, galleryPortraits()[0], String(deadline), ...files]);
  }
  const page = await writePage(folder, sides, files.map(nameOf));
  const rows = Object.entries(sides).map(([side, strips]) => {
    const drawn = files.filter((file) => globSync(join(strips, nameOf(file), '*')).length > 0).length;
    return {
      measure: `portraits looked at, ${side}`,
      value: drawn,
      bar: `${files.length}`,
      met: drawn === files.length,
    };
  });
  return { name: `Close-ups (C): ${page}`, rows };
}

/** In a process of its own: two checkouts' modules would meet in one. */
async function draw(args: readonly string[]): Promise<void> {
  const [code] = await once(spawn(process.execPath, [DRAW, ...args], { stdio: 'inherit' }), 'exit');
  if (code !== 0) throw new Error(`${DRAW} ended with ${code}`);
}

/** Files of a folder's pictures that show somebody. */
export function picturesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.(jpe?g|png|webp|avif)$/i.test(name) && !name.startsWith('error_'))
    .map((name) => resolve(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

function nameOf(file: string): string {
  return basename(file).replace(/\.\w+$/, '');
}
