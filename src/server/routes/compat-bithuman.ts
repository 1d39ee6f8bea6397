import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { addressKey } from '../../budget/address-key.ts';
import { DialPolicy } from '../../connection/dial-policy.ts';
import { VultusError } from '../../errors.ts';
import { MAX_IMAGE_FILE_BYTES } from '../../image/image-file.ts';
import { refuseOtherOrigins } from '../access.ts';
import type { App, ServerContext } from '../context.ts';
import { fetchPortrait } from '../fetch-portrait.ts';
import { readForm } from '../form.ts';
import type { LiveKitSessions } from '../livekit-sessions.ts';
import { shortId } from '../log.ts';
import { problemResponses } from '../problem.ts';
import { holdBody, limitRate } from '../request-bodies.ts';
import { fileSchema } from '../schemas.ts';
import { PORTRAIT_PROBLEMS } from './avatars.ts';
import { ROOM_PROBLEMS, roomFields } from './livekit.ts';

/** In JSON, a picture is a third longer than it is. */
const MOST_BYTES = Math.ceil((MAX_IMAGE_FILE_BYTES * 4) / 3) + 100_000;

/** Of a form without files, as the plugin sends it where it brings no picture. */
const FIELDS_TYPE = 'application/x-www-form-urlencoded';
const MOST_FIELDS_BYTES = 64_000;
/** More than any request has, and few beside what its picture costs: millions would hold up everybody. */
const MOST_JSON_SIGNS = 1000;

const asked = z.object({
  livekit_url: roomFields.url,
  livekit_token: roomFields.token,
  avatar_id: z.string().min(1).max(100).optional(),
  agent_id: z.string().min(1).max(100).optional(),
  avatar_image: z.union([z.string(), z.instanceof(Buffer)]).optional(),
  avatar_image_url: z.string().max(2000).optional(),
  image: z.string().optional(),
});
type Asked = z.output<typeof asked>;

/** livekit-plugins-bithuman, with `BITHUMAN_API_URL=…/compat/bithuman`. */
export async function bitHumanRoutes(
  app: App,
  { budgets, access, avatars, config }: ServerContext,
  livekit: LiveKitSessions,
): Promise<void> {
  const policy = new DialPolicy(config.portraitHosts);
  app.removeAllContentTypeParsers();
  for (const type of [/^multipart\/form-data/, FIELDS_TYPE, 'application/json'])
    app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    );

  /** Its picture, where it brings one. */
  const portraitOf = async (
    wanted: Asked,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Uint8Array | undefined> => {
    const { avatar_image, avatar_image_url, image } = wanted;
    if (Buffer.isBuffer(avatar_image)) return avatar_image;
    const named = avatar_image_url ?? (image && /^https?:/i.test(image) ? image : undefined);
    if (named === undefined) return image === undefined ? undefined : Buffer.from(image, 'base64');
    reply.raw.once('close', budgets.uploadBytes.take(addressKey(request.ip), MAX_IMAGE_FILE_BYTES));
    return fetchPortrait(named, policy, { signal: goneSignal(reply) });
  };

  /** Of ours, or made of the picture; the same picture is the same avatar. */
  const avatarOf = async (wanted: Asked, request: FastifyRequest, reply: FastifyReply): Promise<string> => {
    const portrait = await portraitOf(wanted, request, reply);
    if (!portrait) {
      const id = wanted.avatar_id ?? wanted.agent_id;
      if (id === undefined)
        throw new VultusError('invalid_request', 'avatar_id, avatar_image or avatar_image_url is needed');
      return id;
    }
    budgets.uploads.take(addressKey(request.ip));
    if (portrait.length > MAX_IMAGE_FILE_BYTES) throw new VultusError('portrait_too_many_bytes');
    const avatar = await avatars.add(portrait, { name: 'Portrait' }, goneSignal(reply));
    request.log.info({ avatar: shortId(avatar.id) }, 'avatar made');
    return avatar.id;
  };

  app.route({
    method: 'POST',
    url: '/compat/bithuman',
    onRequest: [
      refuseOtherOrigins(config.corsOrigins),
      async (request: FastifyRequest) =>
        access.requireKey(request, request.headers['api-secret'] === undefined ? undefined : 'api-secret'),
      limitRate(budgets.sessions),
      holdBody({ slots: budgets.uploadSlots, bytes: budgets.uploadBytes, mostBytes: MOST_BYTES }),
    ],
    schema: {
      tags: ['compat'],
      summary: 'As livekit-plugins-bithuman asks for it',
      description:
        'A form (or JSON) with livekit_url, livekit_token, and avatar_id (agent_id) of an avatar of this server, or a ' +
        'portrait: avatar_image as a file, avatar_image_url, or in JSON image as base64 or an address.',
      consumes: ['multipart/form-data', FIELDS_TYPE, 'application/json'],
      body: fileSchema,
      response: {
        201: z.object({ id: z.string() }),
        ...problemResponses(
          'unauthorized',
          'origin_not_allowed',
          'portrait_unreachable',
          ...new Set([...PORTRAIT_PROBLEMS, ...ROOM_PROBLEMS]),
        ),
      },
    },
    handler: async (request, reply) => {
      const wanted = read(request);
      const avatarId = await avatarOf(wanted, request, reply);
      const room = { url: wanted.livekit_url, token: wanted.livekit_token };
      const session = await livekit.open({ avatarId }, room, request.log);
      return reply.code(201).send({ id: session.id });
    },
  });
}

/** Nobody waits for the answer any more. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

/** @throws VultusError `invalid_request` */
function read({ body, headers }: FastifyRequest): Asked {
  if (!Buffer.isBuffer(body)) throw new VultusError('invalid_request', 'the body is empty');
  const type = headers['content-type'] ?? '';
  const fields = fieldsOf(body, type);
  const parsed = asked.safeParse(fields);
  if (parsed.success) return parsed.data;
  throw new VultusError('invalid_request', z.prettifyError(parsed.error).slice(0, 500));
}

function fieldsOf(body: Buffer, type: string): unknown {
  if (type.startsWith('multipart/')) return readForm(body, type);
  if (type.startsWith(FIELDS_TYPE)) return readFields(body);
  return readJson(body);
}

function readFields(body: Buffer): unknown {
  if (body.length > MOST_FIELDS_BYTES) throw new VultusError('invalid_request', 'the form is too large');
  return Object.fromEntries(new URLSearchParams(body.toString()));
}

function readJson(body: Buffer): unknown {
  for (const sign of ['[', '{', ','])
    if (hasMore(body, sign, MOST_JSON_SIGNS))
      throw new VultusError('invalid_request', 'the JSON has too many parts');
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    throw new VultusError('invalid_request', 'the JSON cannot be read', { cause });
  }
}

/** Whether a sign stands in it more often than that. */
function hasMore(body: Buffer, sign: string, most: number): boolean {
  let at = -1;
  for (let found = 0; found <= most; found++) {
    at = body.indexOf(sign, at + 1);
    if (at < 0) return false;
  }
  return true;
}
