import { afterEach, describe, expect, it, vi } from 'vitest';
import { MediaStreamTrack, RtpHeader, RtpPacket } from 'werift';
import { OpusEncoder } from '../../../src/audio/opus.ts';
import { expectProblem } from '../../support/expect-problem.ts';
import { player, publisher } from '../../support/whip-peer.ts';
import { whipStage } from '../../support/whip-stage.ts';

let stage: Awaited<ReturnType<typeof whipStage>>;
afterEach(() => stage.close());

async function start(flags?: Parameters<typeof whipStage>[0]) {
  stage = await whipStage(flags);
  return stage;
}

/** A hum in packets of 20 ms, sent until it is stopped. */
function humOn(track: MediaStreamTrack): () => void {
  const encoder = new OpusEncoder();
  let sequenceNumber = 0;
  const timer = setInterval(() => {
    const samples = Float32Array.from({ length: 960 }, (_, i) => 0.3 * Math.sin(i / 20));
    const packet = encoder.encode(samples);
    const header = new RtpHeader({ sequenceNumber: ++sequenceNumber, timestamp: sequenceNumber * 960 });
    track.writeRtp(new RtpPacket(header, Buffer.from(packet)));
  }, 20);
  return () => clearInterval(timer);
}

describe('WHIP', () => {
  it('a publisher gives the session its voice; its video is answered and ignored', async () => {
    const { session, server, own, post, join } = await start();
    const [voice, video] = [new MediaStreamTrack({ kind: 'audio' }), new MediaStreamTrack({ kind: 'video' })];
    const offered = own(await publisher(voice, video));
    const answer = await post('/v1/sessions/s1/whip', offered.sdp);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/sdp',
      location: expect.stringMatching(/^\/v1\/sessions\/s1\/whip\/[\w-]{32}$/),
      etag: expect.stringMatching(/^"[\w-]+"$/),
      'accept-patch': 'application/trickle-ice-sdpfrag',
    });
    const [, first, second] = answer.body.split(/^m=/m);
    expect(first).toMatch(/^video 9 [\s\S]*a=inactive/);
    expect(second).toMatch(/^audio 9 [\s\S]*a=recvonly/);
    await join(offered, answer);
    const stop = humOn(voice);
    await vi.waitFor(() => expect(session.voice.length).toBeGreaterThan(5), 10_000);
    stop();
    const left = await server.inject('DELETE', String(answer.headers.location));
    expect(left.statusCode).toBe(200);
    expect(left.body).toBe('');
    expectProblem(await server.inject('DELETE', String(answer.headers.location)), 'peer_not_found');
  });

  it('is heard as the user with voiceInput=listen, beside the one that speaks', async () => {
    const { session, server, own, post, join } = await start();
    const [spoken, heard] = [
      new MediaStreamTrack({ kind: 'audio' }),
      new MediaStreamTrack({ kind: 'audio' }),
    ];
    const [speaker, user] = [own(await publisher(spoken)), own(await publisher(heard))];
    await join(speaker, await post('/v1/sessions/s1/whip', speaker.sdp));
    await join(user, await post('/v1/sessions/s1/whip?voiceInput=listen', user.sdp));
    const stop = humOn(heard);
    await vi.waitFor(() => expect(session.calls).toContain('hearUser'), 10_000);
    stop();
    expect(session.voice).toEqual([]);
    // A publisher anew replaces the one of its kind alone.
    const anew = own(await publisher(new MediaStreamTrack({ kind: 'audio' })));
    await join(anew, await post('/v1/sessions/s1/whip', anew.sdp));
    const gauge = async (kind: string) =>
      new RegExp(`vultus_connections\\{route="${kind}"\\} (\\d+)`).exec(
        (await server.inject('GET', '/metrics')).body,
      )?.[1];
    await expect.poll(() => gauge('whip'), { timeout: 10_000 }).toBe('1');
    expect(await gauge('whip-user')).toBe('1');
  });

  it('refuses what it cannot take, with a code', async () => {
    const { own, post } = await start();
    const { sdp } = own(await publisher(new MediaStreamTrack({ kind: 'audio' })));
    const whip = (payload: string, headers?: Record<string, string>) =>
      post('/v1/sessions/s1/whip', payload, headers);
    expectProblem(await whip('nonsense'), 'invalid_offer');
    expectProblem(await whip(''), 'invalid_request');
    expectProblem(await whip(`${sdp}a=${'x'.repeat(300_000)}`), 'invalid_request');
    expectProblem(await whip(`${sdp}${'a=x\r\n'.repeat(4000)}`), 'invalid_offer');
    expectProblem(await whip(sdp, { 'content-type': 'application/json' }), 'unsupported_media_type');
    expectProblem(await whip(sdp.replace('a=sendonly', 'a=recvonly')), 'offer_unsupported');
    expectProblem(await whip(sdp.replaceAll('a=rtcp-mux\r\n', '')), 'offer_unsupported');
    expectProblem(await whip(sdp.replaceAll(/opus/gi, 'pcma')), 'invalid_offer');
    const two = own(await publisher(new MediaStreamTrack({ kind: 'audio' })));
    two.peer.addTransceiver('audio', { direction: 'sendonly' });
    const twice = (await two.peer.createOffer()).sdp;
    expectProblem(await whip(twice), 'offer_unsupported');
    expectProblem(await post('/v1/sessions/s9/whip', sdp), 'session_not_found');
    expectProblem(await post('/v1/sessions/s1/whip?voiceInput=sing', sdp), 'invalid_request');
  });

  it('says what can be done, to pages of other origins too, before a key is shown', async () => {
    const { server } = await start({ apiKey: 'secret-key', corsOrigins: 'https://player.example' });
    const options = (url: string, headers = {}) => server.app.inject({ method: 'OPTIONS', url, headers });
    const asked = await options('/v1/sessions/any/whep', {
      origin: 'https://player.example',
      'access-control-request-method': 'POST',
    });
    expect(asked.statusCode).toBe(200);
    expect(asked.headers).toMatchObject({
      'accept-post': 'application/sdp',
      'access-control-allow-origin': 'https://player.example',
      'access-control-allow-headers': expect.stringContaining('if-match'),
      'access-control-expose-headers': expect.stringMatching(/etag.*link.*location/),
    });
    const peer = await options('/v1/sessions/any/whip/peer');
    expect(peer.headers).toMatchObject({
      allow: 'DELETE, GET, HEAD, OPTIONS, PATCH',
      'accept-patch': 'application/trickle-ice-sdpfrag',
    });
    const headers = { authorization: 'Bearer secret-key' };
    const get = await server.inject('GET', '/v1/sessions/s1/whep', { headers });
    expect([get.statusCode, get.body, get.headers['content-type']]).toEqual([200, '', 'application/sdp']);
    const put = await server.app.inject({ method: 'PUT', url: '/v1/sessions/s1/whep', headers });
    expectProblem(put, 'method_not_allowed');
    expect(put.headers.allow).toBe('GET, HEAD, OPTIONS, POST');
  });
});

describe('WHEP', () => {
  it('any number of players up to the limit see and hear the avatar', async () => {
    const { session, own, post, join } = await start({ maxViewers: '2' });
    const players = [own(await player()), own(await player()), own(await player())];
    for (const one of players.slice(0, 2)) await join(one, await post('/v1/sessions/s1/whep', one.sdp));
    const full = await post('/v1/sessions/s1/whep', players[2].sdp);
    expectProblem(full, 'too_many_viewers');
    expect(full.headers['retry-after']).toBe('10');
    await vi.waitFor(() => expect(session.takers).toBe(2), 10_000);
    let mediaTimeMs = 0;
    await vi.waitFor(() => {
      mediaTimeMs += 40;
      const time = { mediaTimeMs, epoch: 0 };
      const nal = Uint8Array.from([0, 0, 0, 1, 0x65, 1, 2, 3]);
      session.deliver({ kind: 'video', data: nal, key: true, ...time });
      session.deliver({ kind: 'voice', data: Uint8Array.of(0xf8, 0xff, 0xfe), ...time });
      for (const { received } of players.slice(0, 2)) {
        expect(received.video).toBeGreaterThan(0);
        expect(received.audio).toBeGreaterThan(0);
      }
    }, 10_000);
  });

  it('refuses publishers, and says when there is nothing to see', async () => {
    const { session, own, post } = await start();
    const { sdp } = own(await player());
    expectProblem(
      await post('/v1/sessions/s1/whep', sdp.replaceAll('recvonly', 'sendonly')),
      'offer_unsupported',
    );
    session.live = false;
    const answer = await post('/v1/sessions/s1/whep', sdp);
    expectProblem(answer, 'session_not_live');
    expect(answer.headers['retry-after']).toBe('1');
  });

  it('names the servers for ICE', async () => {
    const { own, post } = await start({
      iceServers: 'stun:stun.example:3478,turn:user:p"ass@turn.example?transport=udp',
    });
    const { sdp } = own(await player());
    const { headers } = await post('/v1/sessions/s1/whep', sdp);
    expect(headers.link).toEqual([
      '<stun:stun.example:3478>; rel="ice-server"',
      '<turn:turn.example?transport=udp>; rel="ice-server"; username="user"; credential="p\\"ass"; credential-type="password"',
    ]);
  });

  it('the addresses of a new session are enough, each for what it is', async () => {
    const { server, own, post } = await start({ apiKey: 'secret-key' });
    const headers = { authorization: 'Bearer secret-key' };
    const made = await server.inject('POST', '/v1/sessions', { headers, payload: { avatarId: 'own' } });
    const { whipUrl, whepUrl } = made.json() as { whipUrl: string; whepUrl: string };
    const viewer = own(await player());
    const voice = own(await publisher(new MediaStreamTrack({ kind: 'audio' })));
    expect((await post(whepUrl, viewer.sdp)).statusCode).toBe(201);
    expect((await post(whipUrl, voice.sdp)).statusCode).toBe(201);
    expectProblem(await post(whepUrl.replace('whep', 'whip'), voice.sdp), 'unauthorized');
    const known = (await server.inject('GET', '/v1/sessions/s2', { headers })).json() as { whepUrl: string };
    expect(known.whepUrl).toBe('/v1/sessions/s2/whep');
  });

  it('opens with a token that may view, in the header or the address, and no further', async () => {
    const { server, own, post } = await start({ apiKey: 'secret-key' });
    const headers = { authorization: 'Bearer secret-key' };
    const tokens = await server.inject('POST', '/v1/sessions/s1/tokens', {
      headers,
      payload: { role: 'view' },
    });
    const { token } = tokens.json() as { token: string };
    const { sdp } = own(await player());
    expectProblem(await post('/v1/sessions/s1/whep', sdp), 'unauthorized');
    expectProblem(await post(`/v1/sessions/s1/whip?token=${token}`, sdp), 'unauthorized');
    const bearer = await post('/v1/sessions/s1/whep', sdp, { authorization: `Bearer ${token}` });
    expect(bearer.headers.location).not.toContain('token');
    expectProblem(await server.inject('DELETE', String(bearer.headers.location)), 'unauthorized');
    const named = await post(`/v1/sessions/s1/whep?token=${token}`, sdp);
    expect((await server.inject('DELETE', String(named.headers.location))).statusCode).toBe(200);
  });
});
