/** The page and the sheets: strips of two checkouts, one under the other. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Crop, ROWS } from './rows.ts';

/** `sides`: folders of strips by what they are called, the older one first. */
export async function writePage(
  folder: string,
  sides: Readonly<Record<string, string>>,
  names: readonly string[],
): Promise<string> {
  const sections: string[] = [];
  for (const name of names) {
    const told = Object.entries(sides).flatMap(([side, strips]) => {
      const refused = join(strips, name, 'refused.txt');
      return existsSync(refused) ? [`<p>${side}: refused (${readFileSync(refused, 'utf8')})</p>`] : [];
    });
    const rows = ROWS.map((row) => stripsOf(row.name, name, sides));
    const images = rows.flat().map(({ file, side }) => {
      const path = file.slice(folder.length + 1);
      return `<figure><figcaption>${side}</figcaption><img loading="lazy" src="${path}"></figure>`;
    });
    sections.push(`<h2>${name}</h2>${told.join('')}${images.join('')}`);
    await writeSheets(folder, name, sides);
  }
  const page = join(folder, 'index.html');
  await writeFile(page, document(sections.join('\n')));
  return page;
}

/** One picture for each crop, for whoever looks at pictures one by one. */
async function writeSheets(
  folder: string,
  name: string,
  sides: Readonly<Record<string, string>>,
): Promise<void> {
  for (const crop of new Set<Crop>(ROWS.map((row) => row.crop))) {
    const files = ROWS.filter((row) => row.crop === crop).flatMap((row) => stripsOf(row.name, name, sides));
    let [top, width] = [0, 0];
    const parts = [];
    for (const { file } of files) {
      const size = await sharp(file).metadata();
      parts.push({ input: file, left: 0, top });
      top += size.height;
      width = Math.max(width, size.width);
    }
    if (parts.length === 0) continue;
    await mkdir(join(folder, 'sheets'), { recursive: true });
    await sharp({ create: { width, height: top, channels: 3, background: '#000' } })
      .composite(parts)
      .png()
      .toFile(join(folder, 'sheets', `${name}-${crop}.png`));
  }
}

function stripsOf(row: string, name: string, sides: Readonly<Record<string, string>>) {
  return Object.entries(sides)
    .map(([side, strips]) => ({ side, file: join(strips, name, `${row}.jpg`) }))
    .filter(({ file }) => existsSync(file));
}

function document(body: string): string {
  return `<!doctype html><meta charset="utf-8"><title>Close-ups</title>
<style>
body { background: #16181d; color: #e8e8e8; font: 14px sans-serif; margin: 16px }
figure { margin: 0 0 2px; display: flex } figcaption { width: 4em } img { max-width: calc(100% - 4em) }
</style>
${body}
`;
}
