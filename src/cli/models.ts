import { AvatarFactory } from '../avatar/avatar-factory.ts';
import { loadConfig } from '../config.ts';
import { MotionModel } from '../model/motion-model.ts';
import { loadPack } from '../model/pack.ts';
import { GraphLoader } from '../model/providers.ts';
import { engineFolder } from '../model/tensorrt.ts';
import { rendererOf } from '../render/renderers.ts';
import type { ModelOptions } from './model-options.ts';

/** All that a command without sessions needs, opened together and closed together. */
export async function openModels({ pack: directory, provider }: ModelOptions) {
  const pack = await loadPack(directory);
  const { cacheDir } = loadConfig();
  const loader = await GraphLoader.choose(provider, pack.graphFiles.motion, 1, {
    engineFolder: () => engineFolder(cacheDir, pack.manifest),
  });
  const opening = [
    MotionModel.open(pack, loader),
    rendererOf(pack).openRenderer(pack, loader),
    AvatarFactory.create({ packDirectory: directory }),
  ] as const;
  const [motion, renderer, factory] = await Promise.all(opening).catch(async (cause) => {
    // What did open has threads that would keep the process alive.
    for (const part of await Promise.allSettled(opening)) {
      if (part.status === 'fulfilled') await part.value.close();
    }
    throw cause;
  });
  return {
    motion,
    renderer,
    factory,
    async close() {
      await Promise.all([motion.close(), renderer.close(), factory.close()]);
    },
  };
}
