import { WebRtcConnection } from '../../connection/webrtc/webrtc-connection.ts';
import { VultusError } from '../../errors.ts';
import { credentialsOf } from '../access.ts';
import { answerOffer } from '../answer-offer.ts';
import type { App, ServerContext } from '../context.ts';
import { problemResponses } from '../problem.ts';
import { holdBody, limitRate, MAX_JSON_BYTES } from '../request-bodies.ts';
import { answerSchema, idParams, offerSchema, roleQuery, tokenQuery } from '../schemas.ts';

export async function webrtcRoutes(app: App, context: ServerContext): Promise<void> {
  const { sessions, connections, access, budgets } = context;
  const onRequest = [
    limitRate(budgets.offers),
    holdBody({ bytes: budgets.bodyBytes, mostBytes: MAX_JSON_BYTES }),
  ];

  app.route({
    method: 'POST',
    url: '/v1/sessions/:id/webrtc',
    config: { sessionToken: 'view' },
    onRequest,
    schema: {
      tags: ['sessions'],
      summary: 'Connect a WebRTC peer: offer in, answer out',
      description:
        'The peer offers to receive video (the codec of the session) and audio (Opus), may send a microphone, and opens ' +
        'the data channel "vultus", which carries the same messages as the WebSocket; it may offer less. Sections ' +
        'beyond one of each kind are refused one by one. A new offer replaces ' +
        'the peer that was there before; with role=view it adds one that only watches, as many as the server allows.',
      params: idParams,
      querystring: roleQuery,
      body: offerSchema,
      response: {
        200: answerSchema,
        ...problemResponses(
          'invalid_request',
          'invalid_offer',
          'session_not_found',
          'session_closed',
          'too_many_viewers',
          'at_capacity',
          'too_many_requests',
          'server_busy',
        ),
      },
    },
    handler: async (request) => {
      const session = sessions.get(request.params.id);
      const { sdp, voiceInput } = request.body;
      const { role } = request.query;
      const peer = { kind: 'webrtc', role, voiceInput } as const;
      const nextToken = () => access.connect(session, role, credentialsOf(request));
      const { answerSdp } = await answerOffer(context, session, sdp, peer, nextToken);
      return { type: 'answer' as const, sdp: answerSdp };
    },
  });

  app.route({
    method: 'PATCH',
    url: '/v1/sessions/:id/webrtc',
    config: { sessionToken: 'view' },
    onRequest,
    schema: {
      tags: ['sessions'],
      summary: 'Restart ICE: another way through the network for the peer that is connected',
      description:
        'The same peer makes a new offer (`restartIce()`), for instance after a change of its network.',
      params: idParams,
      querystring: tokenQuery,
      body: offerSchema.omit({ voiceInput: true }),
      response: {
        200: answerSchema,
        ...problemResponses(
          'invalid_request',
          'invalid_offer',
          'session_not_found',
          'session_closed',
          'too_many_requests',
          'server_busy',
        ),
      },
    },
    handler: async (request) => {
      const session = sessions.get(request.params.id);
      const { sdp } = request.body;
      const connection = connections
        .of(session)
        .find((one) => one instanceof WebRtcConnection && one.isOfPeer(sdp));
      if (!(connection instanceof WebRtcConnection)) {
        throw new VultusError('invalid_offer', 'not of a peer that is connected; make a new connection');
      }
      const answered = budgets.answers.take(session.id);
      try {
        return { type: 'answer' as const, sdp: await connection.restart(sdp) };
      } finally {
        answered();
      }
    },
  });
}
