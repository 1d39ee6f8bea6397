import { z } from 'zod';
import { describeBackdrop } from '../../contract/backdrop.ts';
import { readBackdrop } from '../../image/backdrop-picture.ts';
import type { SessionApi } from '../../session/session-api.ts';
import type { App, ServerContext } from '../context.ts';
import { problemResponses } from '../problem.ts';
import { idParams, newSessionResponse, newSessionSchema, sessionSchema } from '../schemas.ts';

function present(session: SessionApi): z.output<typeof newSessionResponse> {
  const { avatarId, background, ...settings } = session.settings;
  return {
    id: session.id,
    avatarId,
    settings: { ...settings, background: describeBackdrop(background) },
    streamUrl: `/v1/sessions/${session.id}/stream`,
    webrtcUrl: `/v1/sessions/${session.id}/webrtc`,
    createdAt: session.createdAt.toISOString(),
  };
}

const presentLive = (session: SessionApi): z.output<typeof sessionSchema> => ({
  ...present(session),
  state: session.state,
  stats: session.stats,
});

export async function sessionRoutes(app: App, context: ServerContext): Promise<void> {
  const { sessions, metrics, connections } = context;

  app.route({
    method: 'POST',
    url: '/v1/sessions',
    schema: {
      tags: ['sessions'],
      summary: 'Open a session: an avatar that is live',
      description: 'It is closed when it has had no connection for the idle timeout of the server.',
      body: newSessionSchema,
      response: {
        201: newSessionResponse,
        ...problemResponses('invalid_request', 'avatar_not_found', 'at_capacity', 'shutting_down'),
      },
    },
    handler: async (request, reply) => {
      const { controls, background, size, ...settings } = request.body;
      const square = size === undefined ? {} : { width: size, height: size };
      const stopTimer = metrics.sessionStartSeconds.startTimer();
      const backdrop = background === undefined ? {} : { background: await readBackdrop(background) };
      const session = await sessions.create({ ...settings, ...square, ...backdrop }, controls);
      stopTimer();
      session.on('error', (error) => {
        // What a caller did wrong is told to the caller; only our own failures belong in the log.
        const level = error.status >= 500 ? 'error' : 'debug';
        request.log[level]({ session: session.id, err: error }, error.code);
      });
      metrics.observe(session);
      connections.watch(session);
      return reply.code(201).header('location', `/v1/sessions/${session.id}`).send(present(session));
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
    schema: {
      tags: ['sessions'],
      summary: 'One session with its state and statistics',
      params: idParams,
      response: { 200: sessionSchema, ...problemResponses('session_not_found') },
    },
    handler: async (request) => presentLive(sessions.get(request.params.id)),
  });

  app.route({
    method: 'DELETE',
    url: '/v1/sessions/:id',
    schema: {
      tags: ['sessions'],
      summary: 'Close a session and its connections',
      params: idParams,
      response: { 204: z.undefined(), ...problemResponses('session_not_found') },
    },
    handler: async (request, reply) => {
      sessions.get(request.params.id).close();
      return reply.code(204).send(undefined);
    },
  });
}
