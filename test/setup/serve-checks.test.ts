import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { checkServe } from '../../src/setup/serve-checks.mjs';
import { freePort } from '../support/free-port.ts';

it('a key is too short here exactly where it is for the server', async () => {
  const port = String(await freePort());
  const check = (key: string) => checkServe(['--port', port], { VULTUS_API_KEY: key });
  const load = (apiKey: string) => loadConfig({ apiKey, port }, {});
  await expect(check('1234567')).rejects.toThrow(/--api-key.* at least 8 characters/);
  expect(() => load('1234567')).toThrow(/--api-key.* at least 8 characters/);
  await check('12345678');
  load('12345678');
});

it('a port is taken as long as somebody has it', async () => {
  const other = createServer().listen({ host: '127.0.0.1', port: 0 });
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const taken = new RegExp(`Port ${port} is in use.*--port`);
  await expect(checkServe([`--port=${port}`, '--host', '127.0.0.1'], {})).rejects.toThrow(taken);
  const env = { VULTUS_PORT: String(port), VULTUS_HOST: '127.0.0.1' };
  await expect(checkServe([], env)).rejects.toThrow(taken);
  // What is wanted of the command itself has nothing to do with it.
  await checkServe(['--help'], env);
  await checkServe(['--port', '0'], env);
  other.close();
  await once(other, 'close');
  await checkServe([], env);
});
