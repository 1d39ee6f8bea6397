import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Avatar } from '../../avatar/avatar-store.ts';
import { VultusError } from '../../errors.ts';
import { MAX_IMAGE_FILE_BYTES } from '../../image/image-file.ts';
import type { App, ServerContext } from '../context.ts';
import { shortId } from '../log.ts';
import { problemResponses } from '../problem.ts';
import { holdBody, limitRate, MAX_JSON_BYTES } from '../request-bodies.ts';
import { avatarPatch, avatarQuery, avatarSchema, fileSchema, idParams } from '../schemas.ts';

/** How a portrait may be refused. */
export const PORTRAIT_PROBLEMS = [
  'invalid_request',
  'portrait_too_many_bytes',
  'portrait_too_many_pixels',
  'portrait_not_an_image',
  'portrait_no_face',
  'portrait_several_faces',
  'portrait_face_too_small',
  'portrait_turned_away',
  'request_too_slow',
  'too_many_requests',
  'server_busy',
  'portrait_too_complex',
  'storage_full',
] as const;

function present(avatar: Avatar): z.output<typeof avatarSchema> {
  const { id, name, gallery, createdAt, width, height, warnings, quality, clientDrawing = true } = avatar;
  return {
    id,
    name,
    gallery,
    createdAt,
    width,
    height,
    warnings,
    quality,
    clientDrawing,
    previewUrl: `/v1/avatars/${id}/preview`,
  };
}

/** Uploads: a portrait is the whole body. */
async function uploadRoute(app: App, { avatars, metrics, budgets }: ServerContext): Promise<void> {
  // Only types that a page of another origin cannot send unasked are taken.
  app.removeAllContentTypeParsers();
  for (const type of [/^image\//, 'application/octet-stream']) {
    app.addContentTypeParser(
      type,
      { parseAs: 'buffer', bodyLimit: MAX_IMAGE_FILE_BYTES },
      (_request, body, done) => done(null, body),
    );
  }
  const defaultHandler = app.errorHandler;
  app.setErrorHandler((error, request, reply) => {
    const { code } = error as { code?: string };
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      return defaultHandler(new VultusError('portrait_too_many_bytes') as never, request, reply);
    }
    if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
      const detail = 'the picture itself is the body, with a Content-Type of image/…';
      return defaultHandler(new VultusError('portrait_not_an_image', detail) as never, request, reply);
    }
    return defaultHandler(error as never, request, reply);
  });

  app.route({
    method: 'POST',
    url: '/v1/avatars',
    onRequest: [
      limitRate(budgets.uploads),
      holdBody({
        slots: budgets.uploadSlots,
        bytes: budgets.uploadBytes,
        mostBytes: MAX_IMAGE_FILE_BYTES,
      }),
    ],
    schema: {
      tags: ['avatars'],
      summary: 'Make an avatar from a portrait',
      description:
        'The body is the picture file itself: PNG, JPEG, WebP or AVIF, up to 20 MB and 50 megapixels.',
      consumes: ['image/png', 'image/jpeg', 'image/webp', 'image/avif', 'application/octet-stream'],
      querystring: avatarQuery,
      body: fileSchema,
      response: { 201: avatarSchema, ...problemResponses(...PORTRAIT_PROBLEMS) },
    },
    handler: async (request, reply) => {
      if (!Buffer.isBuffer(request.body) || request.body.length === 0) {
        throw new VultusError('portrait_not_an_image', 'the body is empty');
      }
      const stopTimer = metrics.avatarSeconds.startTimer();
      const { name, face, points } = request.query;
      // The signal of Fastify's request tells of the end of its body already.
      const answered = new AbortController();
      reply.raw.once('close', () => answered.abort());
      const meta = { name: name || 'Portrait', faceIndex: face, points };
      const avatar = await avatars.add(request.body, meta, answered.signal);
      const seconds = stopTimer();
      const { width, height, quality } = avatar;
      request.log.info(
        { avatar: shortId(avatar.id), size: `${width}×${height}`, verdict: quality?.verdict, seconds },
        'avatar made',
      );
      return reply.code(201).header('location', `/v1/avatars/${avatar.id}`).send(present(avatar));
    },
  });
}

export async function avatarRoutes(app: App, context: ServerContext): Promise<void> {
  const { avatars, budgets } = context;
  await app.register((scope) => uploadRoute(scope.withTypeProvider<ZodTypeProvider>(), context));

  /** @throws VultusError `avatar_not_found`, `avatar_in_gallery` */
  const own = async (id: string): Promise<Avatar> => {
    const avatar = await avatars.get(id);
    if (avatar.gallery) throw new VultusError('avatar_in_gallery');
    return avatar;
  };

  app.route({
    method: 'GET',
    url: '/v1/avatars',
    schema: {
      tags: ['avatars'],
      summary: 'All avatars, those of the gallery first',
      response: { 200: z.object({ avatars: z.array(avatarSchema) }) },
    },
    handler: async () => {
      const all = await avatars.list();
      return { avatars: all.sort((a, b) => Number(b.gallery) - Number(a.gallery)).map(present) };
    },
  });

  app.route({
    method: 'GET',
    url: '/v1/avatars/:id',
    schema: {
      tags: ['avatars'],
      summary: 'One avatar',
      params: idParams,
      response: { 200: avatarSchema, ...problemResponses('avatar_not_found') },
    },
    handler: async (request) => present(await avatars.get(request.params.id)),
  });

  app.route({
    method: 'GET',
    url: '/v1/avatars/:id/preview',
    schema: {
      tags: ['avatars'],
      summary: 'The face as the avatar shows it, as JPEG',
      params: idParams,
      response: {
        200: { description: 'A JPEG file', content: { 'image/jpeg': { schema: fileSchema } } },
        ...problemResponses('avatar_not_found'),
      },
    },
    handler: async (request, reply) => {
      const preview = await avatars.preview(request.params.id);
      return reply.type('image/jpeg').header('cache-control', 'private, max-age=3600').send(preview);
    },
  });

  app.route({
    method: 'PATCH',
    url: '/v1/avatars/:id',
    onRequest: holdBody({ bytes: budgets.bodyBytes, mostBytes: MAX_JSON_BYTES }),
    schema: {
      tags: ['avatars'],
      summary: 'Give an avatar another name, or say whether viewers may draw it by themselves',
      params: idParams,
      body: avatarPatch,
      response: {
        200: avatarSchema,
        ...problemResponses('invalid_request', 'avatar_not_found', 'avatar_in_gallery', 'storage_full'),
      },
    },
    handler: async (request) => {
      const { id } = await own(request.params.id);
      return present(await avatars.change(id, request.body));
    },
  });

  app.route({
    method: 'DELETE',
    url: '/v1/avatars/:id',
    schema: {
      tags: ['avatars'],
      summary: 'Forget an avatar; sessions that show it go on',
      params: idParams,
      response: { 204: z.undefined(), ...problemResponses('avatar_not_found', 'avatar_in_gallery') },
    },
    handler: async (request, reply) => {
      const { id } = await own(request.params.id);
      await avatars.delete(id);
      return reply.code(204).send(undefined);
    },
  });
}
