import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebRtcConnection } from '../../../src/connection/webrtc/webrtc-connection.ts';
import { expectProblem } from '../../support/expect-problem.ts';
import { scriptedServer } from '../../support/scripted-server.ts';
import { offerOfWerift } from '../../support/werift-peer.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
beforeEach(async () => {
  server = await scriptedServer();
});
afterEach(() => server.close());

describe('WebRTC', () => {
  const open = () => server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });

  it('refuses an offer that is not SDP, and one for an unknown session', async () => {
    await open();
    const offer = (id: string, payload: object) =>
      server.inject('POST', `/v1/sessions/${id}/webrtc`, { payload });
    expectProblem(await offer('s1', { type: 'offer', sdp: 'nonsense' }), 'invalid_offer');
    expectProblem(await offer('s1', { type: 'answer', sdp: 'v=0' }), 'invalid_request');
    expectProblem(await offer('s9', { type: 'offer', sdp: 'v=0' }), 'session_not_found');
  });

  it('answers viewers beside the client, finds the right one to restart, and replaces only the client', async () => {
    await server.close();
    server = await scriptedServer({ maxViewers: '2' });
    await open();
    const peers = await Promise.all(Array.from({ length: 5 }, () => offerOfWerift()));
    // All werift peers of a process have one certificate; those of browsers have one each.
    const sdpOf = (peer: number) => peers[peer].sdp.replaceAll(/(?<=a=fingerprint:sha-256 )../g, `A${peer}`);
    const call = (method: 'POST' | 'PATCH', peer: number, query = '') =>
      server.inject(method, `/v1/sessions/s1/webrtc${query}`, {
        payload: { type: 'offer', sdp: sdpOf(peer) },
      });
    const gauge = async () =>
      /vultus_connections\{route="webrtc"\} (\d+)/.exec((await server.inject('GET', '/metrics')).body)?.[1];
    for (const [peer, query] of [[0], [1, '?role=view'], [2, '?role=view']] as const) {
      expect((await call('POST', peer, query)).statusCode).toBe(200);
    }
    expect(await gauge()).toBe('3');
    expectProblem(await call('POST', 3, '?role=view'), 'too_many_viewers');
    expectProblem(await call('POST', 3, '?role=owner'), 'invalid_request');
    expectProblem(await call('PATCH', 3), 'invalid_offer');
    for (const peer of [0, 1, 2]) expect((await call('PATCH', peer)).statusCode).toBe(200);
    expect((await call('POST', 4)).statusCode).toBe(200);
    expectProblem(await call('PATCH', 0), 'invalid_offer');
    expect((await call('PATCH', 2)).statusCode).toBe(200);
    await expect.poll(gauge).toBe('3');
    for (const { peer } of peers) await peer.close();
  });

  it('refuses to restart a connection that is not there', async () => {
    await open();
    const restart = (id: string, payload: object) =>
      server.inject('PATCH', `/v1/sessions/${id}/webrtc`, { payload });
    expectProblem(await restart('s1', { type: 'offer', sdp: 'v=0' }), 'invalid_offer');
    expectProblem(await restart('s1', { type: 'offer' }), 'invalid_request');
    expectProblem(await restart('s9', { type: 'offer', sdp: 'v=0' }), 'session_not_found');
  });

  it('answers few offers of one session at a time, and so many of one address in a minute', async () => {
    await server.close();
    server = await scriptedServer({ offersPerMinute: '25' });
    await open();
    const { peer, sdp } = await offerOfWerift();
    const offer = () => server.inject('POST', '/v1/sessions/s1/webrtc', { payload: { type: 'offer', sdp } });
    const gate = Promise.withResolvers<void>();
    const accept = WebRtcConnection.accept.bind(WebRtcConnection);
    vi.spyOn(WebRtcConnection, 'accept').mockImplementation(async (...offered) => {
      await gate.promise;
      return accept(...offered);
    });
    const statuses: number[] = [];
    const answers = Array.from({ length: 8 }, async () => {
      const answer = await offer();
      statuses.push(answer.statusCode);
    });
    await expect.poll(() => statuses).toEqual([429, 429, 429, 429]);
    gate.resolve();
    await Promise.all(answers);
    expect(statuses.slice(4)).toEqual([200, 200, 200, 200]);
    vi.restoreAllMocks();
    expect((await offer()).statusCode).toBe(200);
    expectProblem(await offer().then(() => offer()), 'too_many_requests');
    await peer.close();
  });
});
