import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyBaseLogger, type FastifyReply, LogController } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import packageFile from '../../package.json' with { type: 'json' };
import { allBudgets, createBudgets } from '../budget/budgets.ts';
import { SessionConnections } from '../connection/session-connections.ts';
import type { VmcReceiver } from '../connection/vmc/vmc-receiver.ts';
import { VultusError } from '../errors.ts';
import { Access, allowOrigins, requireHost } from './access.ts';
import { hostCheck } from './allowed-hosts.ts';
import { inNetworks } from './client-address.ts';
import type { App, ServerContext, ServerDependencies } from './context.ts';
import { liveKitDispatch } from './livekit-dispatch.ts';
import { LiveKitSessions } from './livekit-sessions.ts';
import { Metrics } from './metrics.ts';
import { addCommonProblems, cannotListen, classify, problemHandler, sendProblem } from './problem.ts';
import { MAX_JSON_BYTES } from './request-bodies.ts';
import { avatarRoutes } from './routes/avatars.ts';
import { compatRoutes } from './routes/compat.ts';
import { faceModelRoutes } from './routes/face-models.ts';
import { livekitRoutes } from './routes/livekit.ts';
import { operationRoutes } from './routes/operations.ts';
import { pageRoutes } from './routes/page.ts';
import { pushRoutes } from './routes/pushes.ts';
import { rigRoutes } from './routes/rigs.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { streamRoute } from './routes/stream.ts';
import { webrtcRoutes } from './routes/webrtc.ts';
import { whepRoutes } from './routes/whep.ts';
import { whipRoutes } from './routes/whip.ts';
import { secureHeaders } from './secure-headers.ts';
import { SessionLog } from './session-log.ts';
import { openVmcInputs } from './vmc-inputs.ts';

export interface VultusServer {
  readonly app: App;
  readonly metrics: Metrics;
  readonly livekit: LiveKitSessions;
  /**
   * @returns the address of the page, for instance `http://localhost:8080`
   * @throws VultusError `config_invalid` where the port is taken or the address is not of this machine
   */
  listen(): Promise<string>;
  /** From now on sessions end as soon as they have no connection. */
  drain(): void;
  /** Ends all connections and stops listening; sessions, avatars and engine stay their owner's. Idempotent. */
  close(): Promise<void>;
}

/** The HTTP, WebSocket and signalling side of Vultus on one port. */
export async function createServer(dependencies: ServerDependencies): Promise<VultusServer> {
  const { config, sessions, engine, log } = dependencies;
  const sessionLog = new SessionLog(log);
  const budgets = createBudgets(config);
  const metrics = new Metrics(() => sessions.list(), engine, allBudgets(budgets));
  const isProxy = inNetworks(config.trustProxy);
  const context: ServerContext = {
    ...dependencies,
    metrics,
    budgets,
    isProxy,
    connections: new SessionConnections({
      joinTimeoutMs: config.joinTimeoutS * 1000,
      idleTimeoutMs: config.idleTimeoutS * 1000,
      maxViewers: config.maxViewers,
      onChange: (session, kind, change) => {
        metrics.connections.inc({ route: kind }, change);
        if (change > 0) sessionLog.connected(session, kind);
      },
      onFailure: (error) => {
        count(error);
        log.error({ err: error.cause ?? error }, 'a connection has failed');
      },
    }),
    version: packageFile.version,
    access: new Access(config.apiKey, budgets.wrongKeys),
    sessionLog,
    allowsHost: hostCheck(config),
  };
  const livekit = new LiveKitSessions(context);
  const dispatch = liveKitDispatch(context, livekit);
  let trackers: VmcReceiver[] = [];
  const count = (error: VultusError) => metrics.errors.inc({ code: error.code });
  const app: App = fastify({
    // Addresses that cannot even be read never reach a route or the error handler below.
    frameworkErrors: (cause, _request, reply) => {
      const error = classify(cause);
      count(error);
      // The reply of a request without a route has no type of its own.
      sendProblem(reply as unknown as FastifyReply, error);
    },
    loggerInstance: log as FastifyBaseLogger,
    genReqId: () => randomUUID(),
    // Said in one line after the answer, without query strings: names are nobody's business.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_JSON_BYTES,
    trustProxy: isProxy,
    // A client that sends its request more slowly than this is not waited for.
    requestTimeout: 60_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  app.setErrorHandler(problemHandler(count));
  app.setNotFoundHandler((_request, reply) => {
    const error = new VultusError('not_found');
    count(error);
    return sendProblem(reply, error);
  });
  app.addHook('onResponse', async (request, reply) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: String(reply.statusCode),
    };
    metrics.httpSeconds.observe(labels, reply.elapsedTime / 1000);
    request.log.debug({ ...labels, ms: Math.round(reply.elapsedTime) }, 'answered');
  });
  await app.register(helmet, secureHeaders(config));
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onRequest', requireHost(context.allowsHost));
  app.addHook('onRequest', allowOrigins(config.corsOrigins));
  app.addHook('onRequest', context.access.require);

  app.addHook('onRoute', addCommonProblems);
  await app.register(swagger, {
    openapi: {
      info: { title: 'Vultus', description: packageFile.description, version: packageFile.version },
      components: config.apiKey ? { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } } : {},
      security: config.apiKey ? [{ key: [] }] : [],
    },
    transform: jsonSchemaTransform,
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  for (const routes of [
    ...[avatarRoutes, sessionRoutes, rigRoutes, webrtcRoutes, whipRoutes, whepRoutes],
    ...[pushRoutes, streamRoute, operationRoutes],
  ]) {
    await app.register((scope) => routes(scope.withTypeProvider<ZodTypeProvider>(), context));
  }
  await app.register((scope) => livekitRoutes(scope.withTypeProvider<ZodTypeProvider>(), context, livekit));
  await app.register((scope) => compatRoutes(scope.withTypeProvider<ZodTypeProvider>(), context, livekit));
  await app.register((scope) => faceModelRoutes(scope.withTypeProvider<ZodTypeProvider>(), context));
  await app.register((scope) => pageRoutes(scope.withTypeProvider<ZodTypeProvider>()));
  await app.ready();

  return {
    app,
    metrics,
    livekit,
    async listen() {
      try {
        await app.listen({ host: config.host, port: config.port });
      } catch (cause) {
        throw cannotListen(config, cause as Error);
      }
      trackers = await openVmcInputs(context);
      dispatch?.start();
      const { port } = app.server.address() as AddressInfo;
      const anywhere = config.host === '0.0.0.0' || config.host === '::';
      const host = anywhere ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host;
      return `http://${host}:${port}`;
    },
    drain() {
      dispatch?.drain();
      context.connections.closeUnattended();
    },
    async close() {
      dispatch?.close();
      await Promise.all([app.close(), livekit.close(), ...trackers.splice(0).map((one) => one.close())]);
    },
  };
}
