import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AvatarStore } from '../avatar/avatar-store.ts';
import type { Budgets } from '../budget/budgets.ts';
import type { Config } from '../config.ts';
import type { SessionConnections } from '../connection/session-connections.ts';
import type { EnginePool } from '../engine/pool/engine-pool.ts';
import type { SessionManager } from '../session/session-manager.ts';
import type { Access } from './access.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { SessionLog } from './session-log.ts';

/** What a server is made of: the caller owns the parts and closes them after the server. */
export interface ServerDependencies {
  config: Config;
  avatars: AvatarStore;
  sessions: SessionManager;
  engine: Pick<EnginePool, 'info' | 'loads' | 'headroom'>;
  log: Log;
}

/** What every route may use. */
export interface ServerContext extends ServerDependencies {
  metrics: Metrics;
  connections: SessionConnections;
  budgets: Budgets;
  version: string;
  access: Access;
  sessionLog: SessionLog;
  /** Whether a request may be for this host (its header `Host`). */
  allowsHost: (header: string | undefined) => boolean;
  /** Whether it is that of a proxy of ours, whose `X-Forwarded-For` is true. */
  isProxy: (address: string) => boolean;
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
