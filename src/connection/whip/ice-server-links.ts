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

/** More are of no use. */
const MOST_SERVERS = 8;
const LINK = /<([^<>]*)>((?:\s*;\s*[\w!#$&+\-.^`|~*]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s";,]+))*)/g;
const PARAMETER = /;\s*([\w!#$&+\-.^`|~*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]+))/g;

/** The other way round: of one header, or of several that were joined by commas. What is no ICE server is left out. */
export function parseIceServerLinks(header: string | readonly string[] | undefined): IceServer[] {
  const text = typeof header === 'string' ? header : (header ?? []).join(', ');
  const servers: IceServer[] = [];
  for (const [, target, rest] of text.matchAll(LINK)) {
    const parameters = new Map<string, string>();
    for (const [, name, quotedValue, token] of rest.matchAll(PARAMETER))
      parameters.set(name.toLowerCase(), quotedValue?.replaceAll(/\\(.)/g, '$1') ?? token);
    const urls = decoded(target);
    if (parameters.get('rel')?.toLowerCase() !== 'ice-server' || !/^(stun|turn)s?:/i.test(urls)) continue;
    const [username, credential] = [parameters.get('username'), parameters.get('credential')];
    servers.push({
      urls,
      ...(username !== undefined && { username }),
      ...(credential !== undefined && { credential }),
    });
  }
  return servers.slice(0, MOST_SERVERS);
}

function decoded(target: string): string {
  try {
    return decodeURI(target);
  } catch {
    return target;
  }
}
