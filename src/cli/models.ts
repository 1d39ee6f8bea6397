import { type Command, Option } from 'commander';
import { AvatarFactory } from '../avatar/avatar-factory.ts';
import { loadConfig } from '../config.ts';
import { MotionModel } from '../model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../model/pack.ts';
import type { ProviderChoice } from '../model/provider-table.ts';
import { GraphLoader } from '../model/providers.ts';
import { engineFolder } from '../model/tensorrt.ts';
import { rendererOf } from '../render/renderers.ts';

export interface ModelOptions {
  pack: string;
  provider: ProviderChoice;
}

export function addModelOptions(command: Command): Command {
  return command
    .option('--pack <folder>', 'model pack', BUILTIN_PACK)
    .addOption(
      new Option('--provider <name>', 'execution provider')
        .choices(['auto', 'tensorrt', 'cuda', 'cpu'])
        .default('auto'),
    );
}

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
