import type { IceServer } from '../webrtc/webrtc-options.ts';

/** Values of headers `Link` that tell a peer its STUN and TURN servers (RFC 9725 §4.6, RFC 8288). */
export function iceServerLinks(servers: readonly IceServer[]): string[] {
  return servers.map(({ urls, username, credential }) => {
    const parameters = { username, credential, 'credential-type': credential && 'password' };
    const given = Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined ? [] : [`; ${name}=${quoted(value)}`],
    );
    return `<${encodeURI(urls)}>; rel="ice-server"${given.join('')}`;
  });
}

/** RFC 9110 §5.6.4; what a header cannot carry is left out. */
function quoted(value: string): string {
  const printable = value.replaceAll(/[^\x20-\x7e]/g, '');
  return `"${printable.replaceAll(/["\\]/g, '\\$&')}"`;
}
