import { afterEach, beforeEach, expect, it } from 'vitest';
import { expectProblem } from '../../support/expect-problem.ts';
import { freePort } from '../../support/free-port.ts';
import { scriptedServer } from '../../support/scripted-server.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
beforeEach(async () => {
  server = await scriptedServer({ livekitHosts: '127.0.0.1' });
});
afterEach(() => server.close());

const open = (body: object) =>
  server.inject('POST', '/v1/livekit/sessions', {
    payload: { avatarId: 'own', url: 'ws://127.0.0.1:1', token: 'a.b.c', ...body },
  });

it.each([
  [{ url: undefined }, 'url'],
  [{ token: '' }, 'token'],
  [{ size: 500 }, 'size'],
  [{ width: 512 }, 'go together'],
  [{ background: 'matte' }, 'background'],
  [{ colour: 'red' }, 'colour'],
])('refuses %j', async (body, named) => {
  expect(expectProblem(await open(body), 'invalid_request').detail).toContain(named);
  expect(server.sessions.size).toBe(0);
});

it.each([
  [{ url: 'ws://127.0.0.2:7880' }, 'address_not_allowed'],
  [{ url: 'ws://localhost:7880' }, 'address_not_allowed'],
  [{ url: 'wss://[::1]:7880' }, 'address_not_allowed'],
  [{ url: 'no address' }, 'address_unknown'],
  [{ url: 'file:///etc/passwd' }, 'address_unknown'],
  [{ avatarId: 'other' }, 'avatar_not_found'],
])('refuses %j with a code, and keeps nothing open', async (body, code) => {
  expectProblem(await open(body), code as never);
  expect(server.sessions.size).toBe(0);
});

it('says so where nobody is there', async () => {
  expectProblem(await open({ url: `ws://127.0.0.1:${await freePort()}` }), 'room_unreachable');
  expect(server.sessions.size).toBe(0);
});
