import { afterEach, describe, expect, it, vi } from 'vitest';
import { expectProblem } from '../../support/expect-problem.ts';
import { offerOfWerift } from '../../support/werift-peer.ts';
import { FRAGMENT, player, SDP } from '../../support/whip-peer.ts';
import { whipStage } from '../../support/whip-stage.ts';

let stage: Awaited<ReturnType<typeof whipStage>>;
afterEach(() => stage.close());

async function start(flags?: Parameters<typeof whipStage>[0]) {
  stage = await whipStage(flags);
  return stage;
}

describe('a peer of WHIP or WHEP', () => {
  async function seated(flags?: Parameters<typeof whipStage>[0]) {
    const { server, own, post, join } = await start(flags);
    const offered = own(await player());
    const answer = await post('/v1/sessions/s1/whep', offered.sdp);
    await join(offered, answer);
    const patch = (payload: string, headers: Record<string, string> = {}, url = answer.headers.location) =>
      server.inject('PATCH', String(url), { headers: { ...FRAGMENT, ...headers }, payload });
    return {
      ...offered,
      server,
      own,
      patch,
      tag: String(answer.headers.etag),
      location: String(answer.headers.location),
    };
  }
  const iceOf = (sdp: string) =>
    (sdp.match(/^a=(mid:0|ice-(ufrag|pwd):.*)\r$/gm) ?? []).slice(0, 3).join('\n');

  it('names candidates as it finds them', async () => {
    const { patch, tag, sdp } = await seated();
    const candidate = 'a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host';
    const added = await patch(`${iceOf(sdp)}\n${candidate}\na=end-of-candidates\n`, { 'if-match': tag });
    expect([added.statusCode, added.body, added.headers.etag]).toEqual([204, '', undefined]);
    const many = Array.from({ length: 280 }, (_, i) => `${candidate.replace('61764', String(2000 + i))}`);
    expect((await patch(many.join('\n'), { 'if-match': tag })).statusCode).toBe(204);
    expectProblem(await patch('a=x\n'.repeat(301), { 'if-match': tag }), 'invalid_fragment');
  });

  it('is told what is wrong with a change', async () => {
    const { patch, tag, sdp, location } = await seated();
    const ice = iceOf(sdp);
    expectProblem(await patch(ice), 'precondition_required');
    expectProblem(await patch(ice, { 'if-match': '"other"' }), 'precondition_failed');
    expectProblem(await patch(ice, { 'if-match': `W/${tag}` }), 'precondition_failed');
    expectProblem(await patch('hello', { 'if-match': tag }), 'invalid_fragment');
    expectProblem(await patch('a=ice-ufrag:abcdefgh', { 'if-match': '*' }), 'invalid_fragment');
    expectProblem(await patch(ice, { 'if-match': tag, ...SDP }), 'unsupported_media_type');
    const guess = `${location.slice(0, -3)}abc`;
    expectProblem(await patch(ice, { 'if-match': tag }, guess), 'peer_not_found');
    expectProblem(await patch(ice, { 'if-match': tag }, location.replace('s1', 's9')), 'session_not_found');
  });

  it('restarts ICE and goes on', { timeout: 30_000 }, async () => {
    const { peer, patch, tag } = await seated();
    await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
    const offer = peer.localDescription!.sdp;
    const candidates = offer.match(/^a=candidate:.*\r$/gm) ?? [];
    const restarted = await patch([iceOf(offer), ...candidates].join('\n'), { 'if-match': '*' });
    expect(restarted.statusCode, restarted.body).toBe(200);
    expect(restarted.headers['content-type']).toBe('application/trickle-ice-sdpfrag');
    expect(restarted.headers.etag).not.toBe(tag);
    expect(restarted.body).toMatch(/a=ice-ufrag:[\s\S]*a=ice-pwd:[\s\S]*a=candidate:/);
    expectProblem(await patch(iceOf(offer), { 'if-match': tag }), 'precondition_failed');
    // What RFC 9725 §4.3.3 has a client do: the answer from before with the ICE of now.
    const ice = (name: string) => new RegExp(`^a=${name}:.*$`, 'm').exec(restarted.body)![0].trim();
    const former = peer.remoteDescription!.sdp;
    const sdp = former
      .replaceAll(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '')
      .replaceAll(/^a=ice-ufrag:.*$/gm, ice('ice-ufrag'))
      .replaceAll(/^a=ice-pwd:.*$/gm, ice('ice-pwd'));
    const found = restarted.body.match(/^a=candidate:.*$/gm)!.join('\r\n');
    await peer.setRemoteDescription({ type: 'answer', sdp: `${sdp}${found}\r\n` });
    peer.dtlsTransports[0].iceTransport.start().catch(() => {});
    await vi.waitFor(() => expect(peer.dtlsTransports[0].iceTransport.state).toBe('connected'), 10_000);
  });

  it('two sessions do not mix, nor do WHIP, WHEP and other peers', async () => {
    const { location, server, own } = await seated();
    await server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
    expectProblem(await server.inject('DELETE', location.replace('s1', 's2')), 'peer_not_found');
    expectProblem(await server.inject('DELETE', location.replace('whep', 'whip')), 'peer_not_found');
    const other = own(await offerOfWerift());
    const sdp = { type: 'offer', sdp: other.sdp };
    expect((await server.inject('POST', '/v1/sessions/s1/webrtc', { payload: sdp })).statusCode).toBe(200);
    expect((await server.inject('DELETE', location)).statusCode).toBe(200);
  });

  it('that changes all the time is made to wait, and nobody else', { timeout: 60_000 }, async () => {
    const { location, tag, server } = await seated();
    const patch = (payload: string, ifMatch: string, remoteAddress: string) =>
      server.inject('PATCH', location, {
        headers: { ...FRAGMENT, 'if-match': ifMatch },
        payload,
        remoteAddress,
      });
    const statuses: number[] = [];
    let retryAfter = '';
    for (let i = 0; i < 400 && !statuses.includes(429); i++) {
      const { statusCode, headers } = await patch('a=end-of-candidates', tag, '192.0.2.1');
      statuses.push(statusCode);
      if (statusCode === 429) retryAfter = String(headers['retry-after']);
    }
    expect([statuses[0], statuses.at(-1), retryAfter]).toEqual([204, 429, '1']);
    expect((await patch('a=end-of-candidates', tag, '192.0.2.2')).statusCode).toBe(204);
  });

  it('that restarts without end is answered a few times at once, and stays', {
    timeout: 60_000,
  }, async () => {
    const { patch, peer } = await seated({ offersPerMinute: '30' });
    const restarts = Array.from({ length: 40 }, (_, i) =>
      patch(`a=ice-ufrag:abc${i}defg\na=ice-pwd:abcdefghijklmnopqrstuvwx`, { 'if-match': '*' }),
    );
    const statuses = (await Promise.all(restarts)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    expect(peer.connectionState).toBe('connected');
  });

  it('is not found by guessing', async () => {
    const { location, server } = await seated();
    const guesses = Array.from(
      { length: 50 },
      (_, i) => `${location.slice(0, -4)}${String(i).padStart(4, '0')}`,
    );
    for (const guess of guesses) expectProblem(await server.inject('DELETE', guess), 'peer_not_found');
    expect((await server.inject('DELETE', location)).statusCode).toBe(200);
  });
});
