import type { App, ServerContext } from '../context.ts';
import { peerEndpoint } from '../peer-endpoint.ts';
import { tokenQuery, voiceInput } from '../schemas.ts';

/** WHIP: what OBS, FFmpeg, GStreamer and their like send is spoken by the avatar, or is its user's voice. */
export function whipRoutes(app: App, context: ServerContext): Promise<void> {
  return peerEndpoint(app, context, {
    protocol: 'whip',
    role: 'control',
    summary: 'WHIP: a voice for the avatar (RFC 9725)',
    description:
      'The voice of the publisher is spoken; with voiceInput=listen it is that of the user, whom the avatar listens ' +
      'to. Video that comes along is not taken. A publisher that comes anew replaces the one before.',
    query: tokenQuery.extend({ voiceInput }),
    codes: [],
    admit: (_session, { voiceInput }) => ({
      kind: voiceInput === 'listen' ? 'whip-user' : 'whip',
      voiceInput,
    }),
  });
}
