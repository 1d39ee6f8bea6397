import sharp from 'sharp';
import { VultusError } from '../../../errors.ts';
import { type AtlasPicture, type MouthAtlas, mouthAtlas } from './mouth-atlas.ts';

/** The atlas of a pack. @throws VultusError `pack_invalid` */
export async function readMouthAtlas(file: string): Promise<MouthAtlas> {
  return mouthAtlas(await readAtlasPicture(file));
}

/** @throws VultusError `pack_invalid` */
export async function readAtlasPicture(file: string): Promise<AtlasPicture> {
  try {
    const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    if (info.height % 3 !== 0) throw new RangeError('three tiles are of one height');
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    throw new VultusError('pack_invalid', 'mouth-atlas.png cannot be read', { cause });
  }
}
