import type { Command } from 'commander';
import { CONFIG_OPTIONS, type ConfigName } from '../config.ts';

/** `vultus serve`: every option is also an environment variable, see `src/config.ts`. */
export function addServeCommand(program: Command): void {
  const command = program.command('serve').description('serve live avatars over HTTP, WebRTC and WebSocket');
  for (const { flag, env, help } of Object.values(CONFIG_OPTIONS)) command.option(flag, `${help} [${env}]`);
  command.action(async (flags: Partial<Record<ConfigName, string>>) => {
    const { serve } = await import('./serve.ts');
    await serve(flags);
  });
}
