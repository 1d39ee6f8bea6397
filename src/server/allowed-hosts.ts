import { isIPv4 } from 'node:net';
import type { Config } from '../config.ts';

const LOOPBACK_NAMES = new Set(['localhost', '::1']);

/** Whether an address, or a host name, means this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_NAMES.has(host) || (isIPv4(host) && host.startsWith('127.'));
}

/**
 * Which `Host` a request may name. A server without a key on loopback trusts whoever reaches it, so only names that
 * nobody else can give out count there: a page of somebody's domain that resolves to 127.0.0.1 (DNS rebinding) is not
 * of this machine. Elsewhere any host will do, unless the operator names them.
 */
export function hostCheck({
  host,
  apiKey,
  allowedHosts,
}: Pick<Config, 'host' | 'apiKey' | 'allowedHosts'>): (header: string | undefined) => boolean {
  const trusting = isLoopback(host) && apiKey === undefined;
  if (!trusting && allowedHosts.length === 0) return () => true;
  const allowed = new Set(allowedHosts.map((name) => name.toLowerCase()));
  return (header) => {
    const name = hostName(header);
    return name !== undefined && (isLoopback(name) || allowed.has(name));
  };
}

/** Without port and brackets, in lower case; undefined where the header is absent or no host (RFC 9110 §7.2). */
function hostName(header: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([^\s:@/?#[\]]+))(?::\d*)?$/i.exec(header ?? '') ?? [];
  return (bracketed ?? plain)?.toLowerCase();
}
