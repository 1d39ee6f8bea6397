import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { toYuvPlanes } from '../../../../src/image/colour.ts';
import type { ColourPlanes } from '../../../../src/image/planes.ts';
import { BUILTIN_PACK, loadPack } from '../../../../src/model/pack.ts';
import { type PortraitView, PortraitViewer } from '../../../../src/render/warp/analyse/portrait-view.ts';

const PORTRAITS = new URL('../../../../../shared/data/portraits/', import.meta.url);
const FIXTURES = new URL('fixtures/', import.meta.url);

/** A person that looks photographed; see fixtures/README.md. */
export const fixturePortrait = (name: string) => readFile(new URL(`${name}.webp`, FIXTURES));

const FINISH: Record<string, (picture: Sharp) => Sharp> = {
  'as it is': (picture) => picture.png(),
  denoised: (picture) => picture.median(7).png(),
  compressed: (picture) => picture.jpeg({ quality: 30 }),
  'enlarged from few pixels': (picture) => picture.resize(128),
};
export const FINISHES = Object.keys(FINISH);

/** A portrait as people bring them, 512 pixels a side. */
export async function finished(bytes: Uint8Array, finish: string): Promise<Buffer> {
  const picture = await FINISH[finish](sharp(bytes).resize(384)).toBuffer();
  return sharp(picture).resize(512).png().toBuffer();
}

/** A file of the optional `../shared` folder, or undefined where that is absent. */
export function sharedPortrait(name: string): URL | undefined {
  const file = new URL(name, PORTRAITS);
  return existsSync(file) ? file : undefined;
}

/** The view of a portrait as the analysis begins with it. */
export async function portraitViewer(): Promise<{
  look: (bytes: Uint8Array) => Promise<{ view: ColourPlanes; seen: PortraitView }>;
  close: () => Promise<void>;
}> {
  const viewer = await PortraitViewer.open(await loadPack(BUILTIN_PACK));
  return {
    look: async (bytes) => {
      const seen = await viewer.view(bytes);
      return { view: { size: seen.picture.width, channels: toYuvPlanes(seen.picture) }, seen };
    },
    close: () => viewer.close(),
  };
}
