import { rm } from 'node:fs/promises';
import { type AvatarInfo, Vultus } from '../../src/client/index.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { startServer } from '../../src/server/start-server.ts';
import { stockedCache } from './stocked-cache.ts';

export interface TestServer {
  url: string;
  vultus: Vultus;
  /** The first avatar of the gallery. */
  avatar: AvatarInfo;
  close(): Promise<void>;
}

/** Tests are many callers at one address, and on a busy machine slow ones. */
export const UNLIMITED = {
  sessionsPerMinute: 0,
  uploadsPerMinute: 0,
  offersPerMinute: 0,
  joinTimeoutS: 60,
} as const satisfies Partial<Config>;

/** A whole server as `npm start` runs it, on a free port and with a cache of its own. */
export async function startTestServer(config: Partial<Config> = {}): Promise<TestServer> {
  const cacheDir = config.cacheDir ?? (await stockedCache());
  const server = await startServer({
    ...loadConfig({ host: '127.0.0.1', port: 0, cacheDir, provider: 'cpu', logLevel: 'warn' }, {}),
    ...UNLIMITED,
    ...config,
  });
  const vultus = new Vultus({ url: server.url, ...(config.apiKey && { apiKey: config.apiKey }) });
  const avatar = (await vultus.avatars.list()).find(({ gallery }) => gallery);
  if (!avatar) throw new Error('the gallery is empty');
  return {
    url: server.url,
    vultus,
    avatar,
    async close() {
      await server.close();
      if (!config.cacheDir) await rm(cacheDir, { recursive: true });
    },
  };
}
