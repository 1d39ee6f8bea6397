import type { Command } from 'commander';
import { CONFIG_OPTIONS, type ConfigName, loadConfig } from '../config.ts';
import { startServer } from '../server/start-server.ts';

const LOOPBACK = /^(localhost|127\..*|::1)$/;

/** `vultus serve`: every option is also an environment variable, see `src/config.ts`. */
export function addServeCommand(program: Command): void {
  const command = program.command('serve').description('serve live avatars over HTTP, WebRTC and WebSocket');
  for (const { flag, env, help } of Object.values(CONFIG_OPTIONS)) command.option(flag, `${help} [${env}]`);
  command.action(async (flags: Partial<Record<ConfigName, string>>) => {
    const config = loadConfig(flags);
    console.log('Loading the models and the gallery …');
    const server = await startServer(config);
    const { provider, workers } = server.info;
    console.log(
      `Vultus is ready: ${server.url} (${provider}, ${workers} workers, up to ${config.maxSessions} sessions)`,
    );
    if (!config.apiKey && !LOOPBACK.test(config.host)) {
      console.log('Everybody who reaches this address can use it: --api-key asks for a key.');
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void server.close().then(() => process.exit(0)));
    }
  });
}
