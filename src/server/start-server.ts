import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AvatarFactory } from '../avatar/avatar-factory.ts';
import { DiskAvatarStore } from '../avatar/disk-avatar-store.ts';
import type { Config } from '../config.ts';
import { requireTestedWerift } from '../connection/webrtc/werift/version.ts';
import { type EngineInfo, EnginePool } from '../engine/pool/engine-pool.ts';
import { VultusError } from '../errors.ts';
import { SessionManager } from '../session/session-manager.ts';
import { type GalleryPortrait, readGallery, registerGallery, whenStocked } from './gallery.ts';
import { createLog, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createServer } from './server.ts';
import { listenWhileStarting } from './starting.ts';

/**
 * What is not given away is for hiccups (measured: two sessions on a core stay below 1 % late at 0.76 of its
 * time, three at 1.1 do not).
 */
const MOST_LOAD = 0.9;
/** The list of avatars waits for the first of the gallery and so much longer, in which those known from before come. */
const LIST_WAIT_MS = 3000;

export interface RunningServer {
  /** Address of the page and the API, without a slash at the end. */
  readonly url: string;
  readonly info: EngineInfo;
  /** Live sessions now. */
  readonly sessionCount: number;
  /**
   * Takes no new sessions (`shutting_down`, `/readyz` says so too) and resolves when the running ones have ended,
   * at the latest after the drain time of the configuration. Everything else goes on until `close`.
   */
  drain(): Promise<void>;
  /**
   * Ends sessions, connections and engine, in this order. Idempotent.
   * @param reason what peers are told; default `shutting_down`
   */
  close(reason?: VultusError): Promise<void>;
}

/**
 * A whole server: engine, avatars, sessions, HTTP. Resolves once it is ready; the port answers before, with `starting`.
 * The gallery may still be on its way: who asks for something of it waits.
 * @throws VultusError `pack_invalid`, `provider_unavailable`, `engine_failed`, `config_invalid` (port in use),
 *   `dependency_unsupported`
 */
export async function startServer(
  config: Config,
  log: Log = createLog(config.logLevel),
): Promise<RunningServer> {
  requireTestedWerift();
  const owned: { close(): Promise<unknown> | undefined }[] = [];
  let closing: Promise<void> | undefined;
  const closeAll = () => {
    closing ??= (async () => {
      for (const part of owned.reverse()) await part.close();
    })();
    return closing;
  };
  try {
    const starting = await listenWhileStarting(config);
    owned.push(starting);
    const { pack, provider, workers, threads, cacheDir } = config;
    let metrics: Metrics | undefined;
    const engine = await EnginePool.start({
      packDirectory: pack,
      provider,
      processes: workers,
      threads,
      cacheDir,
      mostLoad: MOST_LOAD,
      onFailure: (err, sessions) => {
        metrics?.errors.inc({ code: err.code });
        log.error({ err, sessions }, 'an engine process has failed');
      },
    });
    owned.push(engine);
    const factory = await AvatarFactory.create({
      packDirectory: pack,
      onFailure: (err) => log.error({ err }, 'the analysis of portraits has failed'),
    });
    owned.push(factory);
    const kept = await DiskAvatarStore.open(join(config.cacheDir, 'avatars'), factory, {
      maxAvatars: config.maxAvatars,
      onFailure: (err) => log.error({ err }, 'a rig could not be kept'),
    });
    const first = Promise.withResolvers<void>();
    const startedMs = performance.now();
    const isIncomplete = (err: unknown) => {
      if (!closing) log.error({ err }, 'the gallery is not complete');
    };
    const gallery = await readGallery().catch((err): GalleryPortrait[] => {
      isIncomplete(err);
      return [];
    });
    const stocked = registerGallery(kept, gallery, (name, done) => {
      first.resolve();
      // What is known from before costs nothing, and is not worth a line.
      if (performance.now() - startedMs > LIST_WAIT_MS)
        log.info(`gallery: ${name} is there, ${done} of ${gallery.length}`);
    })
      .catch(isIncomplete)
      .finally(first.resolve);
    const begun = Promise.race([
      stocked,
      first.promise.then(() => sleep(LIST_WAIT_MS, undefined, { ref: false })),
    ]);
    const avatars = whenStocked(kept, gallery, { begun, stocked });
    const sessions = new SessionManager(engine, avatars, { maxSessions: config.maxSessions });
    owned.push(sessions);
    const server = await createServer({
      config: { ...config, port: starting.port },
      avatars,
      sessions,
      engine,
      log,
    });
    owned.push(server);
    metrics = server.metrics;
    await starting.close();
    const url = await server.listen();
    return {
      url,
      info: engine.info,
      get sessionCount() {
        return sessions.list().length;
      },
      drain() {
        const drained = sessions.drain(config.drainS * 1000);
        server.drain();
        return drained;
      },
      async close(reason = new VultusError('shutting_down')) {
        await sessions.close(reason);
        await closeAll();
      },
    };
  } catch (cause) {
    await closeAll();
    throw cause;
  }
}
