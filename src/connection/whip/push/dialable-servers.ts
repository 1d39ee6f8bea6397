import type { DialPolicy } from '../../dial-policy.ts';
import type { IceServer } from '../../webrtc/webrtc-options.ts';

/** RFC 7064, RFC 7065: scheme, host, port and what else there is. */
const ADDRESS = /^(stun|turn):(\[[^\]]+\]|[^:?]+)((?::\d+)?(?:\?.*)?)$/i;

/**
 * Those of the servers that an endpoint names which may be dialled, by the addresses that were looked at. Without
 * `turns`: the certificate is for a name.
 */
export async function dialableServers(
  servers: readonly IceServer[],
  policy: DialPolicy,
): Promise<IceServer[]> {
  const dialable = servers.map(async (server) => {
    const [, scheme, host, rest] = ADDRESS.exec(server.urls) ?? [];
    if (!host) return [];
    const [address] = await policy.addresses(host.replace(/^\[|\]$/g, '')).catch(() => []);
    if (!address) return [];
    return [{ ...server, urls: `${scheme}:${address.includes(':') ? `[${address}]` : address}${rest}` }];
  });
  return (await Promise.all(dialable)).flat();
}
