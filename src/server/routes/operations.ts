import { z } from 'zod';
import { VultusError } from '../../errors.ts';
import type { App, ServerContext } from '../context.ts';
import { problemResponses } from '../problem.ts';
import { healthSchema } from '../schemas.ts';

/** What operators need: liveness, readiness, metrics. */
export async function operationRoutes(app: App, context: ServerContext): Promise<void> {
  const health = (): z.output<typeof healthSchema> => ({
    status: context.sessions.draining ? 'draining' : 'ok',
    provider: context.engine.info.provider,
    version: context.version,
    sessions: context.sessions.list().length,
  });

  app.route({
    method: 'GET',
    url: '/healthz',
    schema: { tags: ['operations'], summary: 'The server lives', response: { 200: healthSchema } },
    handler: async () => health(),
  });

  // These routes exist once the engine has loaded and warmed up; until then, starting.ts answers.
  app.route({
    method: 'GET',
    url: '/readyz',
    schema: {
      tags: ['operations'],
      summary: 'The engine is loaded and warmed up, and the server takes sessions',
      response: { 200: healthSchema, ...problemResponses('starting', 'shutting_down') },
    },
    handler: async () => {
      if (context.sessions.draining) throw new VultusError('shutting_down');
      return health();
    },
  });

  app.route({
    method: 'GET',
    url: '/metrics',
    schema: {
      tags: ['operations'],
      summary: 'Metrics in the text format of Prometheus',
      response: {
        200: {
          description: 'One line for each value',
          content: { 'text/plain': { schema: z.string() } },
        },
      },
    },
    handler: async (_request, reply) => {
      const { registry } = context.metrics;
      return reply
        .type(registry.contentType)
        .serializer((text: unknown) => String(text))
        .send(await registry.metrics());
    },
  });
}
