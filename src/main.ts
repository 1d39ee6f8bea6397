/** The command line: `vultus serve | render | record | avatar | providers | probe`; what a command does is loaded when it is called. */
import { Command } from 'commander';
import packageFile from '../package.json' with { type: 'json' };
import { addAvatarCommand } from './cli/avatar-command.ts';
import { addProbeCommand } from './cli/probe-command.ts';
import { addProvidersCommand } from './cli/providers-command.ts';
import { addRecordCommand } from './cli/record-command.ts';
import { addRenderCommand } from './cli/render-command.ts';
import { addServeCommand } from './cli/serve-command.ts';
import { VultusError } from './errors.ts';

const program = new Command('vultus')
  .description(packageFile.description)
  .version(packageFile.version)
  .showHelpAfterError('(--help shows what there is)');
addServeCommand(program);
addRenderCommand(program);
addRecordCommand(program);
addAvatarCommand(program);
addProvidersCommand(program);
addProbeCommand(program);

try {
  await program.parseAsync();
} catch (cause) {
  if (!(cause instanceof VultusError)) throw cause;
  console.error(`${cause.code}: ${cause.message}`);
  process.exitCode = 1;
}
