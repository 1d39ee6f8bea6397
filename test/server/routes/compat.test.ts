import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectProblem } from '../../support/expect-problem.ts';
import { scriptedServer } from '../../support/scripted-server.ts';

const KEY = 'a key of the operator';
/** Nobody may be dialled there, so that every session ends before it is in a room. */
const ROOM = { url: 'ws://127.0.0.1:7880', token: 'a.b.c' };

let server: Awaited<ReturnType<typeof scriptedServer>>;
beforeEach(async () => {
  server = await scriptedServer({ apiKey: KEY });
});
afterEach(() => server.close());

const post = (url: string, payload: object | string | Buffer, headers: Record<string, string> = {}) =>
  server.inject('POST', url, { payload, headers });
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

const bey = { transport: 'livekit', avatar_id: 'own', ...ROOM };
const beyJs = { avatar_id: 'own', livekit_url: ROOM.url, livekit_token: ROOM.token };
const anam = {
  personaConfig: { type: 'ephemeral', name: 'x', avatarId: 'own', llmId: 'CUSTOMER_CLIENT_V1' },
  environment: { livekitUrl: ROOM.url, livekitToken: ROOM.token },
};
const bitHuman = {
  livekit_url: ROOM.url,
  livekit_token: ROOM.token,
  room_name: 'r',
  mode: 'cpu',
  agent_id: 'own',
};

describe.each([
  ['/compat/bey/v1/sessions', bey, { 'x-api-key': KEY }],
  ['/compat/bey/v1/session', beyJs, { 'x-api-key': KEY }],
  ['/compat/anam/v1/engine/session', anam, bearer(KEY)],
  ['/compat/bithuman', bitHuman, { 'api-secret': KEY }],
  ['/compat/bithuman', bitHuman, bearer(KEY)],
])('%s', (url, body, key) => {
  it('asks for our key', async () => {
    expectProblem(await post(url, body), 'unauthorized');
    const wrong = Object.fromEntries(Object.entries(key).map(([name, text]) => [name, `${text} not`]));
    expectProblem(await post(url, body, wrong), 'unauthorized');
    expect(server.sessions.size).toBe(0);
  });

  it('dials what the operator allows, and nothing else', async () => {
    expectProblem(await post(url, body, key), 'address_not_allowed');
    expect(server.sessions.size).toBe(0);
  });

  it('says so where an avatar is not there', async () => {
    const unknown = JSON.parse(
      JSON.stringify(body).replace('"own"', '"b9be11b8-89fb-4227-8f86-4a881393cbdb"'),
    );
    await server.close();
    server = await scriptedServer({ apiKey: KEY, livekitHosts: '127.0.0.1' });
    expectProblem(await post(url, unknown, key), 'avatar_not_found');
  });

  it('refuses what does not fit', async () => {
    expectProblem(
      await post(url, { ...body, [Object.keys(body).find((name) => /url|env/.test(name))!]: 7 }, key),
      'invalid_request',
    );
    expectProblem(await post(url, {}, key), 'invalid_request');
  });
});

describe('/compat/anam', () => {
  it('takes a session token in place of the key and the body, as the plugin for Node does', async () => {
    const asked = await post('/compat/anam/v1/auth/session-token', anam, bearer(KEY));
    expect(asked.statusCode).toBe(200);
    const { sessionToken } = asked.json();
    expect(sessionToken).not.toContain(ROOM.token);
    // It got as far as the room.
    const start = '/compat/anam/v1/engine/session';
    expectProblem(await post(start, {}, bearer(sessionToken)), 'address_not_allowed');
    expectProblem(await post(start, {}, bearer(`${sessionToken.slice(1)}A`)), 'unauthorized');
    expectProblem(await post('/compat/anam/v1/auth/session-token', anam), 'unauthorized');
  });

  it('takes the size of the pictures, both sides or none', async () => {
    const sized = (sessionOptions: object) =>
      post('/compat/anam/v1/engine/session', { ...anam, sessionOptions }, bearer(KEY));
    expectProblem(await sized({ videoWidth: 512 }), 'invalid_request');
    expectProblem(await sized({ videoWidth: 500, videoHeight: 500 }), 'invalid_request');
    expectProblem(await sized({ videoWidth: 512, videoHeight: 768 }), 'address_not_allowed');
  });
});

describe('/compat/bithuman', () => {
  const form = async (fields: Record<string, string | Blob>) => {
    const data = new FormData();
    const all = { livekit_url: ROOM.url, livekit_token: ROOM.token, room_name: 'r', ...fields };
    for (const [name, value] of Object.entries(all))
      typeof value === 'string' ? data.append(name, value) : data.append(name, value, 'avatar.jpg');
    const response = new Response(data);
    const headers = { 'content-type': response.headers.get('content-type')!, ...bearer(KEY) };
    return post('/compat/bithuman', Buffer.from(await response.arrayBuffer()), headers);
  };

  it('takes a form, with an avatar of ours', async () => {
    expectProblem(await form({ avatar_id: 'own' }), 'address_not_allowed');
    expectProblem(await form({}), 'invalid_request');
  });

  it('takes a form without files, as the plugin sends one', async () => {
    const { room_name, agent_id, mode, ...fields } = bitHuman;
    const type = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...bearer(KEY) };
    const ask = (more: Record<string, string>) =>
      post('/compat/bithuman', new URLSearchParams({ ...fields, ...more }).toString(), type);
    expectProblem(await ask({ avatar_id: 'own' }), 'address_not_allowed');
    expectProblem(await ask({}), 'invalid_request');
  });

  it('is no door for pages of other origins, which may send forms unasked', async () => {
    await server.close();
    server = await scriptedServer();
    const ask = (origin: string) => {
      const type = 'application/x-www-form-urlencoded';
      const fields = { livekit_url: ROOM.url, livekit_token: ROOM.token, avatar_id: 'own' };
      return post('/compat/bithuman', new URLSearchParams(fields).toString(), {
        'content-type': type,
        host: 'localhost:8080',
        origin,
      });
    };
    expectProblem(await ask('https://elsewhere.example'), 'origin_not_allowed');
    expectProblem(await ask('null'), 'origin_not_allowed');
    expectProblem(await ask('http://localhost:8080'), 'address_not_allowed');
  });

  it('reads neither fields without end nor JSON of very many parts', async () => {
    const fields = { 'content-type': 'application/x-www-form-urlencoded', ...bearer(KEY) };
    expectProblem(await post('/compat/bithuman', 'a&'.repeat(100_000), fields), 'invalid_request');
    const json = { 'content-type': 'application/json', ...bearer(KEY) };
    for (const body of ['[],'.repeat(2000), '['.repeat(2000), '{"a":'.repeat(2000)]) {
      const answer = await post('/compat/bithuman', body, json);
      expectProblem(answer, 'invalid_request');
      expect(answer.json().detail).toContain('too many parts');
    }
  });

  it('holds room for a fetched picture until it is answered', async () => {
    const picture = createServer((_request, answer) => answer.end('a picture')).listen(0, '127.0.0.1');
    await once(picture, 'listening');
    await server.close();
    server = await scriptedServer({ apiKey: KEY, portraitHosts: '127.0.0.1' });
    const used = async () =>
      /vultus_budget_used\{budget="upload_bytes"\} (\d+)/.exec(
        (await server.inject('GET', '/metrics')).body,
      )?.[1];
    const seen: (string | undefined)[] = [];
    server.whileAdding = async () => void seen.push(await used());
    const { port } = picture.address() as AddressInfo;
    await form({ avatar_image_url: `http://127.0.0.1:${port}/` });
    picture.close();
    expect(Number(seen[0])).toBeGreaterThanOrEqual(20_000_000);
    expect(await used()).toBe('0');
  });

  it('makes an avatar of a picture that comes along', async () => {
    expectProblem(await form({ avatar_image: new Blob(['a portrait']) }), 'address_not_allowed');
    expect(server.added.map(({ bytes }) => bytes.toString())).toEqual(['a portrait']);
    const image = Buffer.from('in base64').toString('base64');
    expectProblem(await post('/compat/bithuman', { ...bitHuman, image }, bearer(KEY)), 'address_not_allowed');
    expect(Buffer.from(server.added[1].bytes).toString()).toBe('in base64');
  });

  it.each(['http://127.0.0.1/a.png', 'http://169.254.169.254/', 'http://[::ffff:7f00:1]/'])(
    'fetches no picture of a private address: %s',
    async (url) => {
      expectProblem(await form({ avatar_image_url: url }), 'address_not_allowed');
      const inJson = { ...bitHuman, image: url };
      expectProblem(await post('/compat/bithuman', inJson, bearer(KEY)), 'address_not_allowed');
      expect(server.added).toEqual([]);
    },
  );
});
