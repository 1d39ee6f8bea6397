import { afterEach, expect, it } from 'vitest';
import { Vultus } from '../../src/client/index.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { WhipEndpoint } from '../support/whip-endpoint.ts';

const KEY = 'secret-key';
const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

it('publishes a session to an endpoint, tells of it, and ends it', { timeout: 120_000 }, async () => {
  const server = await scriptedServer({ apiKey: KEY, pushHosts: '127.0.0.1', offersPerMinute: '0' });
  owned.push(server);
  const endpoint = await WhipEndpoint.start();
  owned.push(endpoint);
  const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
  const session = await new Vultus({ url, apiKey: KEY }).sessions.create({ avatarId: 'own' });
  const push = await session.pushes.start({ url: endpoint.url, bearerToken: 'of-the-endpoint' });
  expect(push).toMatchObject({ url: endpoint.url, state: 'live', codec: 'h264' });
  expect(endpoint.requests[0]).toBe('POST /whip Bearer of-the-endpoint');
  expect(await session.pushes.get(push.id)).toMatchObject({ id: push.id, startedAt: push.startedAt });
  expect((await session.pushes.list()).map(({ id }) => id)).toEqual([push.id]);
  await session.pushes.stop(push.id);
  await session.pushes.stop(push.id);
  await expect(session.pushes.get(push.id)).rejects.toMatchObject({ code: 'push_not_found' });
  await expect.poll(() => endpoint.requests.at(-1)).toMatch(/^DELETE/);

  endpoint.script.refuse = { status: 403 };
  await expect(session.pushes.start({ url: endpoint.url })).rejects.toMatchObject({ code: 'push_refused' });
  await expect(session.pushes.start({ url: 'http://10.0.0.1/whip' })).rejects.toMatchObject({
    code: 'address_not_allowed',
  });
});
