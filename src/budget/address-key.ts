import { isIPv6 } from 'node:net';

/**
 * Whom an address belongs to: an IPv6 host has a whole /64 (RFC 4291 §2.5.1, RFC 8981), so all of that is one; IPv4
 * and IPv4 in IPv6 (RFC 4291 §2.5.5.2) are themselves.
 */
export function addressKey(address: string): string {
  const [plain] = address.split('%');
  if (!isIPv6(plain)) return plain;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  return mapped ?? `${groups(plain).slice(0, 4).join(':')}::/64`;
}

/** The eight groups without leading zeros. */
function groups(address: string): string[] {
  const [head, tail] = address.split('::');
  const split = (part: string | undefined) => (part ? part.split(':') : []);
  // An IPv4 address at the end stands for two groups, which are not of the first four.
  const after = split(tail).flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
  const before = split(head);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const all = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return all.map((group) => Number.parseInt(group, 16).toString(16));
}
