import { VultusError } from '../../errors.ts';
import type { App, ServerContext } from '../context.ts';
import { peerEndpoint } from '../peer-endpoint.ts';
import { tokenQuery } from '../schemas.ts';

/** WHEP: viewers of a session, as many as the server allows. */
export function whepRoutes(app: App, context: ServerContext): Promise<void> {
  return peerEndpoint(app, context, {
    protocol: 'whep',
    role: 'view',
    summary: 'WHEP: watch and hear the avatar (draft-ietf-wish-whep-03)',
    description:
      'Video in the first of H.264, VP8, VP9 and AV1 that both know, unless the session has a codec of its own, and ' +
      'Opus. Any number of players up to the limit of the server.',
    query: tokenQuery,
    codes: ['session_not_live', 'too_many_viewers'],
    admit: (session) => {
      if (!session.live) throw new VultusError('session_not_live');
      return { kind: 'whep', voiceInput: 'listen' };
    },
  });
}
