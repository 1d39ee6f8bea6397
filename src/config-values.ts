/** How values of settings are written on the command line and in the environment. */
import { isIP } from 'node:net';
import { z } from 'zod';

export const wholeNumber = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

/** `stun:host:port`, `turn:user:password@host:port`, several with commas. */
export const iceServers = list.transform((entries, context) =>
  entries.map((entry) => {
    const match = /^(stuns?|turns?):(?:([^:@]+):([^@]*)@)?([^@]+)$/.exec(entry);
    if (!match) {
      context.addIssue({ code: 'custom', message: `"${entry}" is not stun:host or turn:user:password@host` });
      return { urls: entry };
    }
    const [, scheme, username, credential, host] = match;
    const urls = `${scheme}:${host}`;
    return username === undefined ? { urls } : { urls, username, credential };
  }),
);

/** `[host:]port[/avatar]`, several with commas; loopback without a host. */
export const vmcInputs = list.transform((entries, context) =>
  entries.map((entry) => {
    const match = /^(?:(?:\[([^\]]+)\]|([^:/]+)):)?(\d{1,5})(?:\/(.+))?$/.exec(entry);
    const [, ipv6, host = ipv6 ?? '127.0.0.1', port, avatar] = match ?? [];
    if (!match || Number(port) > 65535)
      context.addIssue({ code: 'custom', message: `"${entry}" is not [host:]port[/avatar]` });
    return { host, port: Number(port), avatar };
  }),
);

/** Addresses, or networks like 10.0.0.0/8. */
export const networks = list.transform((entries, context) => {
  for (const entry of entries)
    if (!isNetwork(entry))
      context.addIssue({
        code: 'custom',
        message: `"${entry}" is no address and no network like 10.0.0.0/8`,
      });
  return entries;
});

function isNetwork(entry: string): boolean {
  const [address, bits, ...more] = entry.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
  return (
    more.length === 0 && most > 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most))
  );
}

/** What this server may dial because a request says so: see connection/dial-policy.ts. */
export const dialRules = list.transform((rules, context) => {
  for (const rule of rules)
    if (!(rule.includes('/') ? isNetwork(rule) : /^[\w.:-]+$/.test(rule)))
      context.addIssue({
        code: 'custom',
        message: `"${rule}" is neither "public" nor a host name, an address or a network like 10.0.0.0/8`,
      });
  return rules;
});

export const portRange = z.string().transform((text, context): [number, number] => {
  const [from, to] = text.split('-').map(Number);
  if (Number.isInteger(from) && Number.isInteger(to) && from >= 1 && from <= to && to <= 65535)
    return [from, to];
  context.addIssue({ code: 'custom', message: `"${text}" is not a range like 50000-50999` });
  return [0, 0];
});

/** Of a LiveKit server. */
export const liveKitUrl = z.string().refine((text) => /^(wss?|https?):$/.test(protocolOf(text)), {
  error: 'must be an address like wss://livekit.example.com',
});

function protocolOf(text: string): string {
  return URL.canParse(text) ? new URL(text).protocol : '';
}

export const logLevel = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);
