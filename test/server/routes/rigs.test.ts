import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectProblem } from '../../support/expect-problem.ts';
import { scriptedServer } from '../../support/scripted-server.ts';

const KEY = 'a key that is long';
const withKey = { authorization: `Bearer ${KEY}` };
let server: Awaited<ReturnType<typeof scriptedServer>>;

beforeAll(async () => {
  server = await scriptedServer({ apiKey: KEY });
});
afterAll(() => server.close());

const open = async (payload: object) =>
  (
    await server.inject('POST', '/v1/sessions', {
      payload: { avatarId: 'own', ...payload },
      headers: withKey,
    })
  ).json();
const rig = (id: string, token: string) =>
  server.inject('GET', `/v1/sessions/${id}/rig`, { headers: { authorization: `Bearer ${token}` } });

it('a rig is refused to tokens of other sessions, and where the server draws', async () => {
  const [drawn, other] = [await open({ draw: 'client' }), await open({})];
  expect(drawn.settings.draw).toBe('client');
  expectProblem(await rig(drawn.id, other.token), 'unauthorized');
  expectProblem(await rig(drawn.id, 'guessed'), 'unauthorized');
  expectProblem(await rig(other.id, other.token), 'drawing_not_allowed');
});

it('an avatar may forbid it, at once for sessions that run', async () => {
  const drawn = await open({ draw: 'client' });
  const change = (clientDrawing: boolean) =>
    server.inject('PATCH', '/v1/avatars/own', { payload: { clientDrawing }, headers: withKey });
  expect((await change(false)).json()).toMatchObject({ clientDrawing: false });
  expectProblem(await rig(drawn.id, drawn.token), 'drawing_not_allowed');
  expectProblem(
    await server.inject('POST', '/v1/sessions', {
      payload: { avatarId: 'own', draw: 'client' },
      headers: withKey,
    }),
    'drawing_not_allowed',
  );
  expect((await change(true)).json()).toMatchObject({ clientDrawing: true });
});
