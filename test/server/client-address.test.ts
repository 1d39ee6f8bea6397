import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { clientAddress, inNetworks } from '../../src/server/client-address.ts';

const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

it('knows addresses and networks of both families', () => {
  const isProxy = inNetworks(['127.0.0.1', '10.0.0.0/8', '2001:db8::/32']);
  const are = ['127.0.0.1', '10.200.3.4', '2001:db8:9::1'];
  const areNot = ['127.0.0.2', '11.0.0.1', '2001:db9::1', '::1'];
  expect(are.map(isProxy)).toEqual([true, true, true]);
  expect(areNot.map(isProxy)).toEqual([false, false, false, false]);
  expect(inNetworks([])('127.0.0.1')).toBe(false);
});

it('believes X-Forwarded-For as far as proxies of ours have written it', () => {
  const isProxy = inNetworks(['127.0.0.1', '10.0.0.0/8']);
  expect(clientAddress(request('192.0.2.1', '198.51.100.1'), isProxy)).toBe('192.0.2.1');
  expect(clientAddress(request('127.0.0.1', '198.51.100.1'), isProxy)).toBe('198.51.100.1');
  // What the caller has written itself stands first.
  expect(clientAddress(request('127.0.0.1', '203.0.113.9, 198.51.100.1, 10.1.1.1'), isProxy)).toBe(
    '198.51.100.1',
  );
  expect(clientAddress(request('127.0.0.1'), isProxy)).toBe('127.0.0.1');
  expect(clientAddress(request('127.0.0.1', 'nonsense'), isProxy)).toBe('nonsense');
});
