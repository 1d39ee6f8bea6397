import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';

/** Whether an address is one of these addresses or networks. */
export function inNetworks(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split('/');
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => list.check(address, familyOf(address));
}

/**
 * Who has sent a request: the last address in `X-Forwarded-For` that no proxy of ours has; what stands before it, the
 * caller may have written itself.
 */
export function clientAddress(request: IncomingMessage, isProxy: (address: string) => boolean): string {
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const way = forwarded.map((address) => address.trim()).filter(Boolean);
  let client = request.socket.remoteAddress ?? '';
  while (way.length > 0 && isProxy(client)) client = way.pop()!;
  return client;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
