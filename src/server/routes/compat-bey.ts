import { z } from 'zod';
import type { App, ServerContext } from '../context.ts';
import type { LiveKitSessions } from '../livekit-sessions.ts';
import { problemResponses } from '../problem.ts';
import { holdBody, limitRate, MAX_JSON_BYTES } from '../request-bodies.ts';
import { ROOM_PROBLEMS, roomFields } from './livekit.ts';

const { url, token } = roomFields;
const avatarId = z.string().min(1).max(100).describe('Of an avatar of this server');

const python = z.object({ transport: z.literal('livekit'), avatar_id: avatarId, url, token });
const javaScript = z.object({ avatar_id: avatarId, livekit_url: url, livekit_token: token });
const answer = z.object({ id: z.string(), avatar_id: z.string(), created_at: z.iso.datetime() });

/** livekit-plugins-bey and @livekit/agents-plugin-bey, with `BEY_API_URL=…/compat/bey`. */
export async function beyRoutes(
  app: App,
  { budgets, access }: ServerContext,
  livekit: LiveKitSessions,
): Promise<void> {
  const onRequest = [
    async (request: Parameters<typeof access.requireKey>[0]) => access.requireKey(request, 'x-api-key'),
    limitRate(budgets.sessions),
    holdBody({ bytes: budgets.bodyBytes, mostBytes: MAX_JSON_BYTES }),
  ];
  const response = { 201: answer, ...problemResponses('unauthorized', ...ROOM_PROBLEMS) };
  const present = ({ id, createdAt, settings }: Awaited<ReturnType<LiveKitSessions['open']>>) => ({
    id,
    avatar_id: settings.avatarId,
    created_at: createdAt.toISOString(),
  });

  app.route({
    method: 'POST',
    url: '/compat/bey/v1/sessions',
    onRequest,
    schema: { tags: ['compat'], summary: 'As livekit-plugins-bey asks for it', body: python, response },
    handler: async ({ body, log }, reply) => {
      const session = await livekit.open({ avatarId: body.avatar_id }, body, log);
      return reply.code(201).send(present(session));
    },
  });

  app.route({
    method: 'POST',
    url: '/compat/bey/v1/session',
    onRequest,
    schema: {
      tags: ['compat'],
      summary: 'As @livekit/agents-plugin-bey asks for it',
      body: javaScript,
      response,
    },
    handler: async ({ body, log }, reply) => {
      const room = { url: body.livekit_url, token: body.livekit_token };
      const session = await livekit.open({ avatarId: body.avatar_id }, room, log);
      return reply.code(201).send(present(session));
    },
  });
}
