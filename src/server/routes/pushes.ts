import { z } from 'zod';
import { VIDEO_CODECS } from '../../contract/formats.ts';
import type { App, ServerContext } from '../context.ts';
import { problemResponses } from '../problem.ts';
import { type Push, Pushes } from '../pushes.ts';
import { holdBody, limitRate, MAX_JSON_BYTES } from '../request-bodies.ts';
import { idParams } from '../schemas.ts';

const newPushSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .describe('Of the WHIP endpoint'),
    bearerToken: z
      .string()
      .min(1)
      .max(8000)
      .regex(/^[\x21-\x7e]+$/, 'printable ASCII without spaces')
      .optional()
      .describe('What the endpoint asks for, without the word Bearer'),
  })
  .describe('Where to publish a session');

const pushSchema = z.object({
  id: z.string(),
  url: z.string(),
  state: z.enum(['live', 'lost']).describe('lost: the endpoint is gone, and is tried again'),
  codec: z.enum(VIDEO_CODECS).optional().describe('Of the pictures, where they go out'),
  bitrateKbps: z.number().optional().describe('Of the pictures, as the network carries them now'),
  startedAt: z.iso.datetime(),
});

const pushParams = idParams.extend({ push: z.string().min(1).max(100) });

/** Publishing sessions to WHIP endpoints elsewhere: it takes the API key, for it has this server dial. */
export async function pushRoutes(app: App, context: ServerContext): Promise<void> {
  const { sessions, budgets } = context;
  const pushes = new Pushes(context);
  app.addHook('onClose', () => pushes.close());

  app.route({
    method: 'POST',
    url: '/v1/sessions/:id/pushes',
    onRequest: [limitRate(budgets.offers), holdBody({ bytes: budgets.bodyBytes, mostBytes: MAX_JSON_BYTES })],
    schema: {
      tags: ['sessions'],
      summary: 'Publish a session to a WHIP endpoint (RFC 9725)',
      description:
        'Picture and voice go there as to a viewer, until DELETE, the end of the session, or its refusal. An endpoint ' +
        'that is lost is published to anew, for two minutes. Answered once media goes out.',
      params: idParams,
      body: newPushSchema,
      response: {
        201: pushSchema,
        ...problemResponses(
          'invalid_request',
          'address_not_allowed',
          'address_unknown',
          'push_refused',
          'push_unreachable',
          'session_not_found',
          'session_closed',
          'too_many_viewers',
          'too_many_requests',
          'server_busy',
        ),
      },
    },
    handler: async (request, reply) => {
      const session = sessions.get(request.params.id);
      const push = await pushes.start(session, request.body);
      return reply
        .code(201)
        .header('location', `/v1/sessions/${encodeURIComponent(session.id)}/pushes/${push.id}`)
        .send(present(push));
    },
  });

  app.route({
    method: 'GET',
    url: '/v1/sessions/:id/pushes',
    schema: {
      tags: ['sessions'],
      summary: 'Where a session is published',
      params: idParams,
      response: {
        200: z.object({ pushes: z.array(pushSchema) }),
        ...problemResponses('session_not_found'),
      },
    },
    handler: async (request) => ({ pushes: pushes.list(sessions.get(request.params.id)).map(present) }),
  });

  app.route({
    method: 'GET',
    url: '/v1/sessions/:id/pushes/:push',
    schema: {
      tags: ['sessions'],
      summary: 'One push of a session',
      params: pushParams,
      response: { 200: pushSchema, ...problemResponses('session_not_found', 'push_not_found') },
    },
    handler: async ({ params }) => present(pushes.get(sessions.get(params.id), params.push)),
  });

  app.route({
    method: 'DELETE',
    url: '/v1/sessions/:id/pushes/:push',
    schema: {
      tags: ['sessions'],
      summary: 'End a push; its endpoint is told',
      params: pushParams,
      response: { 204: z.undefined(), ...problemResponses('session_not_found', 'push_not_found') },
    },
    handler: async ({ params }, reply) => {
      pushes.get(sessions.get(params.id), params.push).connection.close();
      return reply.code(204).send(undefined);
    },
  });
}

function present({ id, startedAt, connection }: Push): z.output<typeof pushSchema> {
  const { url, live, video } = connection;
  return { id, url, state: live ? 'live' : 'lost', ...video, startedAt: startedAt.toISOString() };
}
