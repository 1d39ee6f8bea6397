import { z } from 'zod';
import type { App, ServerContext } from '../context.ts';
import type { LiveKitSessions } from '../livekit-sessions.ts';
import { problemResponses } from '../problem.ts';
import { holdBody, limitRate, MAX_JSON_BYTES } from '../request-bodies.ts';
import { newSessionFields, newSessionResponse, withOneFormat } from '../schemas.ts';
import { presentNew } from './sessions.ts';

/** Addresses and tokens of LiveKit; more is none. */
export const roomFields = {
  url: z.string().min(1).max(2000).describe('Of the LiveKit server: ws, wss, http or https'),
  token: z
    .string()
    .min(1)
    .max(16_000)
    .describe('Access token of the room, for the avatar (JWT; kind agent, grant roomJoin)'),
};

const newLiveKitSessionSchema = withOneFormat(
  z.strictObject({
    ...newSessionFields,
    ...roomFields,
    agentIdentity: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe(
        'Whose voice is spoken (default: whom the token publishes for, lk.publish_on_behalf, else the first agent)',
      ),
  }),
).describe('A session that joins a room');

/** How joining a room may fail. */
export const ROOM_PROBLEMS = [
  'invalid_request',
  'format_not_allowed',
  'avatar_not_found',
  'address_not_allowed',
  'address_unknown',
  'room_refused',
  'room_unreachable',
  'too_many_requests',
  'at_capacity',
  'server_busy',
  'shutting_down',
] as const;

export async function livekitRoutes(
  app: App,
  { budgets, access }: ServerContext,
  livekit: LiveKitSessions,
): Promise<void> {
  app.route({
    method: 'POST',
    url: '/v1/livekit/sessions',
    onRequest: [
      limitRate(budgets.sessions),
      holdBody({ bytes: budgets.bodyBytes, mostBytes: MAX_JSON_BYTES }),
    ],
    schema: {
      tags: ['livekit'],
      summary: 'Open a session in a LiveKit room',
      description:
        'The avatar joins as a participant, publishes its voice and picture, and says what its agent sends (the ' +
        'avatar contract of LiveKit agents). Answered once its tracks are there; the session ends when the room or ' +
        'its agent is gone for good, or by DELETE /v1/sessions/:id.',
      body: newLiveKitSessionSchema,
      response: { 201: newSessionResponse, ...problemResponses(...ROOM_PROBLEMS) },
    },
    handler: async (request, reply) => {
      const { url, token: roomToken, agentIdentity, ...wanted } = request.body;
      const session = await livekit.open(wanted, { url, token: roomToken, agentIdentity }, request.log);
      return reply
        .code(201)
        .header('location', `/v1/sessions/${session.id}`)
        .header('cache-control', 'no-store')
        .send(presentNew(session, access));
    },
  });
}
