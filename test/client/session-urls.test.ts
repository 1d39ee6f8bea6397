import { expect, test } from 'vitest';
import { Session } from '../../src/client/index.ts';
import { readSessionUrls } from '../../src/client/session-urls.ts';

test.each([
  [
    { streamUrl: '/v1/sessions/s1/stream?token=t%2B1' },
    'https://a.example/page/x.html',
    { server: 'https://a.example', id: 's1', token: 't+1' },
  ],
  [
    { webrtcUrl: 'https://a.example:8443/avatars/v1/sessions/s%201/webrtc' },
    undefined,
    { server: 'https://a.example:8443/avatars', id: 's 1', token: undefined },
  ],
  [
    { streamUrl: 'wss://a.example/v1/sessions/s1/stream?token=t' },
    undefined,
    { server: 'https://a.example', id: 's1', token: 't' },
  ],
])('%j are read as address, id and token', (urls, base, expected) => {
  expect(readSessionUrls(urls, base)).toEqual(expected);
});

test.each([
  {},
  { streamUrl: '/v1/sessions/s1/stream' },
  { streamUrl: 'https://a.example/v1/sessions/s1' },
  { streamUrl: 'https://' },
])('%j are no addresses of a session', (urls) => {
  expect(() => Session.fromUrls(urls)).toThrow(TypeError);
});

test('a session of them knows its id and what else was said', () => {
  const session = Session.fromUrls({ streamUrl: '/v1/sessions/s1/stream' }, { url: 'https://a.example' });
  expect(session.id).toBe('s1');
  expect(session.info).toMatchObject({ id: 's1' });
});
