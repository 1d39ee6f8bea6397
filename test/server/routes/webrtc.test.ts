import { afterEach, beforeEach, describe, it } from 'vitest';
import { expectProblem } from '../../support/expect-problem.ts';
import { scriptedServer } from '../../support/scripted-server.ts';

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

  it('refuses to restart a connection that is not there', async () => {
    await open();
    const restart = (id: string, payload: object) =>
      server.inject('PATCH', `/v1/sessions/${id}/webrtc`, { payload });
    expectProblem(await restart('s1', { type: 'offer', sdp: 'v=0' }), 'invalid_offer');
    expectProblem(await restart('s1', { type: 'offer' }), 'invalid_request');
    expectProblem(await restart('s9', { type: 'offer', sdp: 'v=0' }), 'session_not_found');
  });
});
