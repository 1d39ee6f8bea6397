import { expect, vi } from 'vitest';
import type { RTCPeerConnection } from 'werift';
import { scriptedServer } from './scripted-server.ts';
import { SDP } from './whip-peer.ts';

type Peer = { peer: RTCPeerConnection };

/** A server with one session, `s1`, and what publishers and players of tests do there. */
export async function whipStage(flags: Parameters<typeof scriptedServer>[0] = {}) {
  const server = await scriptedServer({ offersPerMinute: '0', ...flags });
  const headers = flags?.apiKey ? { authorization: `Bearer ${flags.apiKey}` } : {};
  await server.inject('POST', '/v1/sessions', { headers, payload: { avatarId: 'own' } });
  const peers: RTCPeerConnection[] = [];
  return {
    server,
    session: server.sessions.get('s1')!,
    /** Closed with the stage. */
    own<Owned extends Peer>(owned: Owned): Owned {
      peers.push(owned.peer);
      return owned;
    },
    post: (url: string, payload: string, headers: Record<string, string> = {}) =>
      server.inject('POST', url, { headers: { ...SDP, ...headers }, payload }),
    /** With the answer to its offer. */
    async join({ peer }: Peer, answer: { statusCode: number; body: string }): Promise<void> {
      expect(answer.statusCode, answer.body).toBe(201);
      await peer.setRemoteDescription({ type: 'answer', sdp: answer.body });
      await vi.waitFor(() => expect(peer.connectionState).toBe('connected'), 10_000);
    },
    async close(): Promise<void> {
      for (const peer of peers) await peer.close();
      await server.close();
    },
  };
}
