import { z } from 'zod';
import { formatFields } from '../../contract/format-choice.ts';
import { VultusError } from '../../errors.ts';
import { bearer } from '../access.ts';
import type { App, ServerContext } from '../context.ts';
import type { LiveKitSessions } from '../livekit-sessions.ts';
import { problemResponses } from '../problem.ts';
import { holdBody, limitRate, MAX_JSON_BYTES } from '../request-bodies.ts';
import { Sealed } from '../sealed.ts';
import { ROOM_PROBLEMS, roomFields } from './livekit.ts';

const TOKEN_VALID_MS = 5 * 60_000;
/** A token of the room that fits, sealed, into a header (Node takes 16 kB of them). */
const LONGEST_ROOM_TOKEN = 6000;

const { width, height } = formatFields;
const asked = z.object({
  personaConfig: z.object({
    avatarId: z.string().min(1).max(100).describe('Of an avatar of this server'),
  }),
  environment: z.object({
    livekitUrl: roomFields.url,
    livekitToken: roomFields.token.max(LONGEST_ROOM_TOKEN),
  }),
  sessionOptions: z
    .object({ videoWidth: width, videoHeight: height })
    .refine(
      ({ videoWidth, videoHeight }) => (videoWidth === undefined) === (videoHeight === undefined),
      'videoWidth and videoHeight go together',
    )
    .optional(),
});
type Asked = z.output<typeof asked>;

/** livekit-plugins-anam and @livekit/agents-plugin-anam, with `ANAM_API_URL=…/compat/anam`. */
export async function anamRoutes(
  app: App,
  { budgets, access }: ServerContext,
  livekit: LiveKitSessions,
): Promise<void> {
  const tokens = new Sealed<Asked>(TOKEN_VALID_MS);
  const askedBefore = (authorization: string | undefined) => tokens.open(bearer(authorization) ?? '');
  type Request = Parameters<typeof access.requireKey>[0];
  const body = holdBody({ bytes: budgets.bodyBytes, mostBytes: MAX_JSON_BYTES });

  app.route({
    method: 'POST',
    url: '/compat/anam/v1/auth/session-token',
    onRequest: [async (request: Request) => access.requireKey(request), limitRate(budgets.sessions), body],
    schema: {
      tags: ['compat'],
      summary: 'As @livekit/agents-plugin-anam asks for it: what the session will be',
      body: asked,
      response: {
        200: z.object({ sessionToken: z.string() }),
        ...problemResponses('unauthorized', 'invalid_request', 'too_many_requests', 'server_busy'),
      },
    },
    handler: async ({ body }) => ({ sessionToken: tokens.seal(body) }),
  });

  app.route({
    method: 'POST',
    url: '/compat/anam/v1/engine/session',
    onRequest: [
      async (request: Request) => {
        if (!askedBefore(request.headers.authorization)) access.requireKey(request);
      },
      limitRate(budgets.sessions),
      body,
    ],
    schema: {
      tags: ['compat'],
      summary:
        'As livekit-plugins-anam asks for it; or with a session token in place of the key and the body',
      body: asked.partial(),
      response: {
        201: z.object({ sessionId: z.string() }),
        ...problemResponses('unauthorized', ...ROOM_PROBLEMS),
      },
    },
    handler: async (request, reply) => {
      const { personaConfig, environment, sessionOptions } =
        askedBefore(request.headers.authorization) ?? request.body;
      if (!personaConfig || !environment)
        throw new VultusError('invalid_request', 'personaConfig and environment are needed');
      const { videoWidth, videoHeight } = sessionOptions ?? {};
      const format = videoWidth === undefined ? {} : { width: videoWidth, height: videoHeight };
      const room = { url: environment.livekitUrl, token: environment.livekitToken };
      const session = await livekit.open({ avatarId: personaConfig.avatarId, ...format }, room, request.log);
      return reply.code(201).send({ sessionId: session.id });
    },
  });
}
