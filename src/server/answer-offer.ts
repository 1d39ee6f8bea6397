import { WebRtcConnection } from '../connection/webrtc/webrtc-connection.ts';
import type { WebRtcOptions } from '../connection/webrtc/webrtc-options.ts';
import type { SessionApi } from '../session/session-api.ts';
import type { ServerContext } from './context.ts';

/**
 * Answers the offer of a WebRTC peer, however it came, and ties the peer to its session. `nextToken`: makes the token
 * of its next connection, once it is worth it.
 * @throws VultusError `invalid_offer`, `too_many_viewers`, `at_capacity`, `server_busy`, `too_many_requests`,
 * `session_closed`
 */
export async function answerOffer(
  { connections, config, budgets }: ServerContext,
  session: SessionApi,
  offerSdp: string,
  peer: Required<Pick<WebRtcOptions, 'kind' | 'role' | 'voiceInput'>>,
  nextToken?: () => string,
): Promise<{ connection: WebRtcConnection; answerSdp: string }> {
  connections.assertRoomFor(peer.role, session);
  const answered = budgets.answers.take(session.id);
  try {
    const accepted = await WebRtcConnection.accept(session, offerSdp, {
      ...peer,
      ...(nextToken && { nextToken: nextToken() }),
      iceServers: config.iceServers,
      publicHost: config.publicHost,
      udpPorts: config.udpPorts,
      budgets,
    });
    try {
      connections.add(session, accepted.connection);
    } catch (cause) {
      accepted.connection.close();
      throw cause;
    }
    return accepted;
  } finally {
    answered();
  }
}
