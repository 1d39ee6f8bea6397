import { afterEach, describe, expect, it } from 'vitest';
import { expectProblem } from '../../support/expect-problem.ts';
import { scriptedServer } from '../../support/scripted-server.ts';
import { WhipEndpoint } from '../../support/whip-endpoint.ts';

const PATIENCE = { timeout: 60_000 };
const KEY = 'secret-key';
const WITH_KEY = { authorization: `Bearer ${KEY}` };
const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

async function start(flags: Parameters<typeof scriptedServer>[0] = {}) {
  const server = await scriptedServer({
    apiKey: KEY,
    pushHosts: '127.0.0.1',
    offersPerMinute: '0',
    ...flags,
  });
  owned.push(server);
  const opened = await server.inject('POST', '/v1/sessions', {
    headers: WITH_KEY,
    payload: { avatarId: 'own' },
  });
  const push = (payload: object, headers: Record<string, string> = WITH_KEY) =>
    server.inject('POST', '/v1/sessions/s1/pushes', { headers, payload });
  const ask = (method: 'GET' | 'DELETE', url: string) => server.inject(method, url, { headers: WITH_KEY });
  return { server, push, ask, token: opened.json().token as string, session: server.sessions.get('s1')! };
}

async function startEndpoint(): Promise<WhipEndpoint> {
  const endpoint = await WhipEndpoint.start();
  owned.push(endpoint);
  return endpoint;
}

describe('pushes of a session', { timeout: 120_000 }, () => {
  it('begin, are told of, and end', async () => {
    const endpoint = await startEndpoint();
    const { push, ask, session, server } = await start();
    const begun = await push({ url: endpoint.url, bearerToken: 'of-the-endpoint' });
    expect(begun.statusCode, begun.body).toBe(201);
    const { id, ...told } = begun.json();
    expect(told).toEqual({
      url: endpoint.url,
      state: 'live',
      codec: 'h264',
      bitrateKbps: expect.any(Number),
      startedAt: expect.any(String),
    });
    expect(endpoint.requests[0]).toBe('POST /whip Bearer of-the-endpoint');
    const location = String(begun.headers.location);
    expect(location).toBe(`/v1/sessions/s1/pushes/${id}`);
    expect((await ask('GET', location)).json()).toMatchObject({ id, state: 'live' });
    const metrics = (await ask('GET', '/metrics')).body;
    expect(metrics).toMatch(/vultus_connections\{route="whip-push"\} 1/);
    const another = await push({ url: (await startEndpoint()).url });
    const listed = (await ask('GET', '/v1/sessions/s1/pushes')).json().pushes as { id: string }[];
    expect(listed.map((one) => one.id)).toEqual([id, another.json().id]);
    expect((await ask('DELETE', location)).statusCode).toBe(204);
    await expect.poll(() => endpoint.requests.at(-1), PATIENCE).toMatch(/^DELETE/);
    expectProblem(await ask('GET', location), 'push_not_found');
    expectProblem(await ask('DELETE', location), 'push_not_found');
    expect([session.closed, session.takers]).toEqual([false, 1]);
    expect(server.sessions.size).toBe(1);
  });

  it('are told goodbye when the server ends', async () => {
    const endpoint = await startEndpoint();
    const { push, server } = await start();
    expect((await push({ url: endpoint.url })).statusCode).toBe(201);
    await server.close();
    expect(endpoint.requests.at(-1)).toMatch(/^DELETE/);
  });

  it('are refused with a code', async () => {
    const endpoint = await startEndpoint();
    const { push, ask, token } = await start();
    expectProblem(await push({ url: endpoint.url }, {}), 'unauthorized');
    expectProblem(await push({ url: endpoint.url }, { authorization: `Bearer ${token}` }), 'unauthorized');
    for (const url of ['no address', 'ftp://127.0.0.1/', 'rtmp://127.0.0.1/live'])
      expectProblem(await push({ url }), 'invalid_request');
    expectProblem(await push({ url: endpoint.url, bearerToken: 'a\r\nb' }), 'invalid_request');
    expectProblem(await push({ url: 'http://127.0.0.2:9/whip' }), 'address_not_allowed');
    expectProblem(await push({ url: 'http://no.such.invalid/whip' }), 'address_not_allowed');
    endpoint.script.refuse = { status: 401 };
    expectProblem(await push({ url: endpoint.url }), 'push_refused');
    expectProblem(await ask('GET', '/v1/sessions/s9/pushes'), 'session_not_found');
  });

  it('go nowhere on this machine or its network unless its operator says so', async () => {
    const endpoint = await startEndpoint();
    const { push } = await start({ pushHosts: undefined });
    expectProblem(await push({ url: endpoint.url }), 'address_not_allowed');
    expectProblem(await push({ url: 'http://10.1.2.3/whip' }), 'address_not_allowed');
    expect(endpoint.requests).toEqual([]);
  });

  it('reach a WHIP endpoint of our own, which takes the voice', async () => {
    const { push, server } = await start({ maxViewers: '8' });
    await server.inject('POST', '/v1/sessions', { headers: WITH_KEY, payload: { avatarId: 'own' } });
    const url = `${await server.listen()}/v1/sessions/s2/whip`;
    const begun = await push({ url, bearerToken: KEY });
    expect(begun.statusCode, begun.body).toBe(201);
    expect(begun.json()).not.toHaveProperty('codec');
    const [speaking, listening] = ['s1', 's2'].map((id) => server.sessions.get(id)!);
    let mediaTimeMs = 0;
    await expect
      .poll(() => {
        for (let i = 0; i < 5; i++) {
          mediaTimeMs += 20;
          const data = Uint8Array.of(0xfc, 0xff, 0xfe);
          speaking.deliver({ kind: 'voice', data, mediaTimeMs, epoch: 0 });
        }
        return listening.voice.length;
      }, PATIENCE)
      .toBeGreaterThan(5);
  });
});
