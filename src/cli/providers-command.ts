import type { Command } from 'commander';
import { VultusError } from '../errors.ts';
import { findGpu } from '../model/gpu-libraries.ts';
import { BUILTIN_PACK, loadPack } from '../model/pack.ts';
import { PROVIDERS } from '../model/provider-table.ts';

/** `vultus providers`: what runs on this machine, and what the others lack. */
export function addProvidersCommand(program: Command): void {
  program
    .command('providers')
    .description('which execution providers run here, and what the others lack')
    .option('--pack <folder>', 'model pack', BUILTIN_PACK)
    .action(async ({ pack: directory }: { pack: string }) => {
      const { graphFiles } = await loadPack(directory);
      const gpu = findGpu();
      console.log(
        gpu ? `${gpu.name}, ${gpu.memoryMb} MB, driver ${gpu.driver}` : 'no NVIDIA GPU (nvidia-smi)',
      );
      for (const { name } of PROVIDERS)
        console.log(`${name.padEnd(9)} ${await state(name, graphFiles.motion)}`);
    });
}

async function state(name: (typeof PROVIDERS)[number]['name'], probeFile: string): Promise<string> {
  const { GraphLoader } = await import('../model/providers.ts');
  try {
    await GraphLoader.choose(name, probeFile);
    return 'runs';
  } catch (cause) {
    if (!(cause instanceof VultusError)) throw cause;
    return `does not run: ${cause.detail?.replace(`${name}: `, '')}`;
  }
}
