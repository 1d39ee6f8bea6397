import { describe, expect, it } from 'vitest';
import { iceServerLinks, parseIceServerLinks } from '../../../src/connection/whip/ice-server-links.ts';

describe('ICE servers in headers', () => {
  it('are read as they are written, one header or several', () => {
    const servers = [
      { urls: 'stun:stun.example.net' },
      { urls: 'turn:turn.example.net?transport=udp', username: 'a, "b"; c\\', credential: 'my=pass' },
      { urls: 'turns:turn.example.net:443?transport=tcp', username: 'u', credential: 'p' },
    ];
    expect(parseIceServerLinks(iceServerLinks(servers))).toEqual(servers);
    expect(parseIceServerLinks(iceServerLinks(servers).join(', '))).toEqual(servers);
  });

  it('are found among others, as the examples of RFC 9725 have them', () => {
    const header =
      '<https://example.com/style>; rel=stylesheet, <stun:stun.example.net>; rel="ice-server", ' +
      '<turn:turn.example.net?transport=udp>; rel="ice-server"; username="user"; credential="myPassword"; credential-type="password"';
    expect(parseIceServerLinks(header)).toEqual([
      { urls: 'stun:stun.example.net' },
      { urls: 'turn:turn.example.net?transport=udp', username: 'user', credential: 'myPassword' },
    ]);
    expect(parseIceServerLinks(undefined)).toEqual([]);
    expect(parseIceServerLinks('<<<<;;;rel="ice-server')).toEqual([]);
  });
});
