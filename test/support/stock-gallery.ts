/** Before all tests: the gallery is analysed once, for all servers that they start. */
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { DiskAvatarStore } from '../../src/avatar/disk-avatar-store.ts';
import { readGallery, registerGallery } from '../../src/server/gallery.ts';
import { STOCK } from './stocked-cache.ts';

/** Nobody waits but the tests, which need all of it. */
const BUSY_DEADLINE_S = 300;

export default () => analyseGallery(STOCK);

/** @param folder of avatars; what is there already, and of this version, costs nothing */
export async function analyseGallery(folder: string): Promise<void> {
  const factory = await AvatarFactory.create({ limits: { busyDeadlineS: BUSY_DEADLINE_S } });
  try {
    const avatars = await DiskAvatarStore.open(folder, factory);
    await registerGallery(avatars, await readGallery());
    for (const { id } of await avatars.list()) await avatars.rig(id);
  } finally {
    await factory.close();
  }
}
