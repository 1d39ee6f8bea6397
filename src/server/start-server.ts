import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { AvatarFactory } from '../avatar/avatar-factory.ts';
import { AvatarStore } from '../avatar/avatar-store.ts';
import type { Config } from '../config.ts';
import { Engine, type EngineInfo } from '../engine/engine.ts';
import { SessionManager } from '../session/session-manager.ts';
import { registerGallery } from './gallery.ts';
import { createServer } from './server.ts';

export interface RunningServer {
  /** Address of the page and the API, without a slash at the end. */
  readonly url: string;
  readonly info: EngineInfo;
  /** Ends connections, sessions and engine, in this order. Idempotent. */
  close(): Promise<void>;
}

/**
 * A whole server: engine, avatars with the gallery, sessions, HTTP. Resolves once it listens.
 * @throws VultusError `pack_invalid`, `provider_unavailable`, `engine_failed`, `config_invalid` (port in use)
 */
export async function startServer(config: Config): Promise<RunningServer> {
  const owned: { close(): Promise<unknown> | undefined }[] = [];
  const closeAll = async () => {
    for (const part of owned.splice(0).reverse()) await part.close();
  };
  try {
    const { pack, provider, workers, threads } = config;
    let log: FastifyBaseLogger | undefined;
    const engine = await Engine.start({
      packDirectory: pack,
      provider,
      workers,
      threads,
      onWorkerFailure: (err, sessions) => log?.error({ err, sessions }, 'an engine worker has failed'),
    });
    owned.push(engine);
    const factory = await AvatarFactory.create({ packDirectory: pack });
    owned.push(factory);
    const avatars = await AvatarStore.open(join(config.cacheDir, 'avatars'), factory);
    const sessions = new SessionManager(engine, avatars, { maxSessions: config.maxSessions });
    owned.push(sessions);
    await registerGallery(avatars);
    const server = await createServer({ config, avatars, sessions, engine });
    owned.push(server);
    log = server.app.log;
    const url = await server.listen();
    return { url, info: engine.info, close: closeAll };
  } catch (cause) {
    await closeAll();
    throw cause;
  }
}
