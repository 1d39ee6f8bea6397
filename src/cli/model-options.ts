import { type Command, Option } from 'commander';
import { BUILTIN_PACK } from '../model/pack.ts';
import type { ProviderChoice } from '../model/provider-table.ts';

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
