import { z } from 'zod';
import { RigFiles } from '../../avatar/rig-files.ts';
import { VultusError } from '../../errors.ts';
import { loadPack, type ModelPack } from '../../model/pack.ts';
import type { App, ServerContext } from '../context.ts';
import { problemResponses } from '../problem.ts';
import { limitRate } from '../request-bodies.ts';
import { fileSchema, idParams, tokenQuery } from '../schemas.ts';

/** What draws the avatar of a session, for those who watch it where they may draw it. */
export async function rigRoutes(
  app: App,
  { sessions, avatars, budgets, config }: ServerContext,
): Promise<void> {
  let pack: Promise<ModelPack> | undefined;
  const files = new RigFiles(avatars, () => {
    pack ??= loadPack(config.pack);
    return pack;
  });

  app.route({
    method: 'GET',
    url: '/v1/sessions/:id/rig',
    onRequest: limitRate(budgets.rigs),
    config: { sessionToken: 'view' },
    schema: {
      tags: ['sessions'],
      summary: 'What draws the avatar in a browser, where the session was opened with draw: client',
      description:
        'The portrait is part of it. About a megabyte, gzipped; its ETag is of its content, so that a client which ' +
        'names the ones that it has (If-None-Match) gets it once for all sessions of an avatar.',
      params: idParams,
      querystring: tokenQuery,
      response: {
        200: { description: 'MessagePack', content: { 'application/octet-stream': { schema: fileSchema } } },
        304: z.undefined().describe('The client has it already'),
        ...problemResponses('session_not_found', 'drawing_not_allowed', 'avatar_not_found'),
      },
    },
    handler: async (request, reply) => {
      const { avatarId, draw } = sessions.get(request.params.id).settings;
      if (draw !== 'client') throw new VultusError('drawing_not_allowed', 'the session draws by itself');
      // It may have been forbidden since the session began.
      const { clientDrawing = true } = await avatars.get(avatarId);
      if (!clientDrawing) throw new VultusError('drawing_not_allowed', 'the avatar forbids it');
      const { hash, gzipped } = await files.get(avatarId);
      const etag = `"${hash}"`;
      reply.header('etag', etag).header('cache-control', 'private, no-cache').header('vary', 'authorization');
      if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send(undefined);
      return reply.type('application/octet-stream').header('content-encoding', 'gzip').send(gzipped);
    },
  });
}
