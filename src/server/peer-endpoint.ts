import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { addressKey } from '../budget/address-key.ts';
import { iceServerLinks } from '../connection/whip/ice-server-links.ts';
import { PeerResources } from '../connection/whip/peer-resource.ts';
import { requirePlainOffer } from '../connection/whip/whip-offer.ts';
import type { ErrorCode } from '../contract/error-codes.ts';
import type { Role } from '../contract/roles.ts';
import { VultusError } from '../errors.ts';
import type { SessionApi } from '../session/session-api.ts';
import { answerOffer } from './answer-offer.ts';
import type { App, ServerContext } from './context.ts';
import { problemResponses } from './problem.ts';
import { holdBody, limitRate } from './request-bodies.ts';
import { idParams, tokenQuery } from './schemas.ts';

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
/** More than any peer has to say. */
const MAX_SDP_BYTES = 256 * 1024;
const MAX_FRAGMENT_BYTES = 64 * 1024;

const peerParams = idParams.extend({ peer: z.string().min(1).max(100) });

/** What tells WHIP and WHEP apart. */
export interface PeerEndpoint<Query extends z.ZodType> {
  protocol: 'whip' | 'whep';
  role: Role;
  summary: string;
  description: string;
  query: Query;
  /** Codes of `admit`. */
  codes: ErrorCode[];
  /** How a peer of this query is taken. Throws where it cannot be now. */
  admit(session: SessionApi, query: z.output<Query>): Omit<Parameters<typeof answerOffer>[3], 'role'>;
}

/**
 * An endpoint that takes offers by HTTP alone, and the resources of the peers that come by it (RFC 9725,
 * draft-ietf-wish-whep-03).
 */
export async function peerEndpoint<Query extends z.ZodObject>(
  app: App,
  context: ServerContext,
  endpoint: PeerEndpoint<Query>,
): Promise<void> {
  const { sessions, config, budgets } = context;
  const { protocol, role } = endpoint;
  const url = `/v1/sessions/:id/${protocol}`;
  const peers = new PeerResources();
  const name = protocol.toUpperCase();
  const tags = ['sessions'];
  const security = { sessionToken: role };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([SDP, FRAGMENT], { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );

  app.route({
    method: 'POST',
    url,
    config: security,
    onRequest: [
      limitRate(budgets.offers),
      requireType(SDP),
      holdBody({ bytes: budgets.bodyBytes, mostBytes: MAX_SDP_BYTES }),
    ],
    bodyLimit: MAX_SDP_BYTES,
    schema: {
      tags,
      summary: endpoint.summary,
      description: endpoint.description,
      consumes: [SDP],
      params: idParams,
      querystring: endpoint.query,
      body: sdpSchema('The offer'),
      response: {
        201: { description: 'The answer', content: { [SDP]: { schema: sdpSchema('The answer') } } },
        ...problemResponses(
          'invalid_offer',
          'offer_unsupported',
          'session_not_found',
          'session_closed',
          'at_capacity',
          'too_many_requests',
          'server_busy',
          ...endpoint.codes,
        ),
      },
    },
    handler: async (request, reply) => {
      const session = sessions.get(request.params.id);
      const query = request.query as z.output<Query>;
      const peer = { ...endpoint.admit(session, query), role };
      const offerSdp = String(request.body);
      requirePlainOffer(offerSdp, protocol);
      const { connection, answerSdp } = await answerOffer(context, session, offerSdp, peer);
      const resource = peers.add(session, connection, offerSdp);
      // Whoever cannot send a header with the offer cannot send one later.
      const { token } = query as { token?: string };
      const proof = token === undefined ? '' : `?token=${encodeURIComponent(token)}`;
      const links = iceServerLinks(config.iceServers);
      if (links.length > 0) reply.header('link', links);
      return reply
        .code(201)
        .header(
          'location',
          `/v1/sessions/${encodeURIComponent(session.id)}/${protocol}/${resource.id}${proof}`,
        )
        .header('etag', resource.tag)
        .header('accept-patch', FRAGMENT)
        .header('cache-control', 'no-store')
        .type(SDP)
        .serializer(String)
        .send(answerSdp as never);
    },
  });

  app.route({
    method: 'PATCH',
    url: `${url}/:peer`,
    config: security,
    onRequest: [
      limitRate(budgets.peerChanges),
      requireType(FRAGMENT),
      holdBody({ bytes: budgets.bodyBytes, mostBytes: MAX_FRAGMENT_BYTES }),
    ],
    bodyLimit: MAX_FRAGMENT_BYTES,
    schema: {
      tags,
      summary: `${name}: candidates of a peer, or a restart of its ICE`,
      description:
        'With If-Match and the ETag of the last answer, candidates are added; credentials of a new ICE session, with ' +
        'If-Match: *, restart it, and the answer has ours and a new ETag.',
      consumes: [FRAGMENT],
      params: peerParams,
      querystring: tokenQuery,
      body: sdpSchema('A fragment (RFC 8840)'),
      response: {
        200: { description: 'Of the new ICE session', content: { [FRAGMENT]: { schema: sdpSchema('') } } },
        204: z.undefined().describe('Candidates are tried'),
        ...problemResponses(
          'invalid_fragment',
          'precondition_required',
          'precondition_failed',
          'restart_failed',
          'session_not_found',
          'peer_not_found',
          'too_many_requests',
          'server_busy',
        ),
      },
    },
    handler: async (request, reply) => {
      const session = sessions.get(request.params.id);
      const resource = peers.get(session, request.params.peer);
      const answer = await resource.patch(String(request.body), request.headers['if-match'], () => {
        budgets.offers.take(addressKey(request.ip));
        return budgets.answers.take(session.id);
      });
      if (answer === undefined) return reply.code(204).send(undefined);
      return reply
        .header('etag', resource.tag)
        .type(FRAGMENT)
        .serializer(String)
        .send(answer as never);
    },
  });

  app.route({
    method: 'DELETE',
    url: `${url}/:peer`,
    config: security,
    onRequest: limitRate(budgets.peerChanges),
    schema: {
      tags,
      summary: `${name}: the peer leaves`,
      params: peerParams,
      querystring: tokenQuery,
      response: {
        200: z.undefined().describe('It has left'),
        ...problemResponses('session_not_found', 'peer_not_found', 'too_many_requests'),
      },
    },
    handler: async (request, reply) => {
      peers.get(sessions.get(request.params.id), request.params.peer).close();
      return reply.code(200).send(undefined);
    },
  });

  describeItself(app, { url, methods: ['GET', 'HEAD', 'OPTIONS', 'POST'], role });
  describeItself(app, { url: `${url}/:peer`, methods: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH'], role });
}

/** What can be done at an address, for those who ask and those who try something else. */
function describeItself(
  app: App,
  { url, methods, role }: { url: string; methods: string[]; role: Role },
): void {
  const describe = (reply: FastifyReply): FastifyReply => {
    reply.header('allow', methods.join(', '));
    if (methods.includes('POST')) reply.header('accept-post', SDP);
    if (methods.includes('PATCH')) reply.header('accept-patch', FRAGMENT);
    return reply;
  };
  const schema = { hide: true };
  app.route({
    method: 'OPTIONS',
    url,
    schema,
    handler: async (_request, reply) => describe(reply).code(200).send(),
  });
  app.route({
    // No representation, and no error (RFC 9725 §4.1); by the type of HEAD players know an endpoint (WHEP §4.2).
    method: 'GET',
    url,
    schema,
    config: { sessionToken: role },
    handler: async (_request, reply) => describe(reply).code(200).type(SDP).send(''),
  });
  app.route({
    method: ['DELETE', 'PATCH', 'POST', 'PUT'].filter((method) => !methods.includes(method)) as 'PUT'[],
    url,
    schema,
    config: { sessionToken: role },
    handler: async (_request, reply) => {
      describe(reply);
      throw new VultusError('method_not_allowed');
    },
  });
}

/** A hook for `onRequest`: before any of the body is read. @throws VultusError `unsupported_media_type` */
function requireType(type: string) {
  return async ({ headers }: FastifyRequest): Promise<void> => {
    const given = headers['content-type']?.split(';')[0].trim().toLowerCase();
    if (given !== type) throw new VultusError('unsupported_media_type', `${type} is`);
  };
}

function sdpSchema(description: string) {
  return z.string().min(1).describe(description);
}
