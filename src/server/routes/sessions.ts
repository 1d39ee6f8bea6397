import { z } from 'zod';
import { describeBackdrop } from '../../contract/backdrop.ts';
import type { Role } from '../../contract/roles.ts';
import type { SessionApi } from '../../session/session-api.ts';
import type { Access } from '../access.ts';
import type { App, ServerContext } from '../context.ts';
import { openSession } from '../open-session.ts';
import { problemResponses } from '../problem.ts';
import { holdBody, limitRate, MAX_JSON_BYTES } from '../request-bodies.ts';
import {
  idParams,
  newSessionResponse,
  newSessionSchema,
  newTokenSchema,
  type sessionFields,
  sessionSchema,
  tokenQuery,
  tokenSchema,
} from '../schemas.ts';

/** `tokens`: what its addresses need to be enough by themselves. */
export function present(session: SessionApi, tokens?: Record<Role, string>): z.output<typeof sessionFields> {
  const { avatarId, background, ...settings } = session.settings;
  const url = `/v1/sessions/${session.id}`;
  const control = tokens ? `?token=${tokens.control}` : '';
  const view = tokens ? `?token=${tokens.view}` : '';
  return {
    id: session.id,
    avatarId,
    settings: { ...settings, background: describeBackdrop(background) },
    streamUrl: `${url}/stream${control}`,
    webrtcUrl: `${url}/webrtc${control}`,
    whipUrl: `${url}/whip${control}`,
    whepUrl: `${url}/whep${view}`,
    createdAt: session.createdAt.toISOString(),
  };
}

/** For whoever has opened it. */
export function presentNew(session: SessionApi, access: Access): z.output<typeof newSessionResponse> {
  const token = access.tokens.issue(session, 'control');
  if (access.open) return { ...present(session), token };
  return { ...present(session, { control: token, view: access.tokens.issue(session, 'view') }), token };
}

const presentLive = (session: SessionApi): z.output<typeof sessionSchema> => ({
  ...present(session),
  state: session.state,
  stats: session.stats,
});

export async function sessionRoutes(app: App, context: ServerContext): Promise<void> {
  const { sessions, access, budgets } = context;

  app.route({
    method: 'POST',
    url: '/v1/sessions',
    onRequest: [
      limitRate(budgets.sessions),
      holdBody({ bytes: budgets.bodyBytes, mostBytes: MAX_JSON_BYTES }),
    ],
    schema: {
      tags: ['sessions'],
      summary: 'Open a session: an avatar that is live',
      description:
        'It is closed when nobody has connected within the join timeout of the server, and later when it has had ' +
        'no connection for its idle timeout.',
      body: newSessionSchema,
      response: {
        201: newSessionResponse,
        ...problemResponses(
          'invalid_request',
          'format_not_allowed',
          'drawing_not_allowed',
          'avatar_not_found',
          'too_many_requests',
          'at_capacity',
          'server_busy',
          'shutting_down',
        ),
      },
    },
    handler: async (request, reply) => {
      const session = await openSession(context, request.body, request.log);
      return reply
        .code(201)
        .header('location', `/v1/sessions/${session.id}`)
        .header('cache-control', 'no-store')
        .send(presentNew(session, access));
    },
  });

  app.route({
    method: 'GET',
    url: '/v1/sessions',
    schema: {
      tags: ['sessions'],
      summary: 'All live sessions',
      response: { 200: z.object({ sessions: z.array(sessionSchema) }) },
    },
    handler: async () => ({ sessions: sessions.list().map(presentLive) }),
  });

  app.route({
    method: 'GET',
    url: '/v1/sessions/:id',
    config: { sessionToken: 'view' },
    schema: {
      tags: ['sessions'],
      summary: 'One session with its state and statistics',
      params: idParams,
      querystring: tokenQuery,
      response: { 200: sessionSchema, ...problemResponses('session_not_found') },
    },
    handler: async (request) => presentLive(sessions.get(request.params.id)),
  });

  app.route({
    method: 'DELETE',
    url: '/v1/sessions/:id',
    config: { sessionToken: 'control' },
    schema: {
      tags: ['sessions'],
      summary: 'Close a session and its connections',
      params: idParams,
      querystring: tokenQuery,
      response: { 204: z.undefined(), ...problemResponses('session_not_found') },
    },
    handler: async (request, reply) => {
      sessions.get(request.params.id).close();
      return reply.code(204).send(undefined);
    },
  });

  app.route({
    method: 'POST',
    url: '/v1/sessions/:id/tokens',
    config: { sessionToken: 'control' },
    schema: {
      tags: ['sessions'],
      summary: 'A token for somebody who connects to this session, in place of the API key',
      description:
        'It opens the WebSocket and WebRTC of this session and nothing else; every connection is told the one for ' +
        'the next (`ready`), and once that is used those before it are worth nothing.',
      params: idParams,
      querystring: tokenQuery,
      body: newTokenSchema,
      response: { 201: tokenSchema, ...problemResponses('invalid_request', 'session_not_found') },
    },
    handler: async (request, reply) => {
      const { role } = request.body;
      const token = access.tokens.issue(sessions.get(request.params.id), role);
      return reply.code(201).header('cache-control', 'no-store').send({ token, role });
    },
  });
}
