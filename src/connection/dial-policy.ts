import { lookup, Resolver } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { VultusError } from '../errors.ts';

/** Any host whose address is reachable for everybody on the Internet. */
export const PUBLIC = 'public';

/** What may be dialled: `PUBLIC`, names of hosts, addresses, or networks like 10.0.0.0/8. */
export type DialRules = readonly string[];

/** What answers for names. */
export interface Names {
  /** As the machine itself knows them, its own files included. */
  local(name: string): Promise<string[]>;
  /** As the name servers know them. */
  remote(name: string): Promise<string[]>;
}

const RESOLVER_PATIENCE = { timeout: 2000, tries: 2 };

/**
 * IPv4 addresses that are of a machine, a network or a provider itself, or of nobody (IANA's registry of special
 * addresses, RFC 6890), and the one at which Azure's machines find their host.
 */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** All of IPv6 that is handed out (RFC 4291 §2.4), and what of it leads to IPv4 or to nobody. */
const PUBLIC_V6 = ['2000::/3'];
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const notPublic = listOf([...NOT_PUBLIC_V4, ...NOT_PUBLIC_V6]);
const publicV6 = listOf(PUBLIC_V6);

/**
 * Which hosts a request may make this server dial. Names are looked up here, and what is dialled is an address that
 * was looked at: whoever answers differently the second time is not asked.
 */
export class DialPolicy {
  readonly #public: boolean;
  readonly #hosts: ReadonlySet<string>;
  readonly #networks: BlockList;
  readonly #names: Names;

  constructor(rules: DialRules, names: Names = SYSTEM_NAMES) {
    this.#public = rules.includes(PUBLIC);
    const isNetwork = (rule: string) => isIP(rule.split('/')[0]) !== 0;
    this.#networks = listOf(rules.filter(isNetwork));
    this.#hosts = new Set(rules.filter((rule) => !isNetwork(rule)).map((rule) => rule.toLowerCase()));
    this.#names = names;
  }

  /**
   * Addresses of a host that may be dialled.
   * @param host a name or an address, in any spelling that the URL standard knows (decimal, octal, short IPv4; IPv6
   * in brackets)
   * @throws VultusError `address_not_allowed`, `address_unknown`
   */
  async addresses(host: string): Promise<string[]> {
    const name = canonicalHost(host);
    if (name === undefined) throw new VultusError('address_unknown', 'no host of that kind');
    if (isIP(name)) {
      if (!this.#allows(name)) throw new VultusError('address_not_allowed');
      return [name];
    }
    if (this.#hosts.has(name)) return this.#known(() => this.#names.local(name));
    if (!this.#public) throw new VultusError('address_not_allowed');
    const allowed = (await this.#known(() => this.#names.remote(name))).filter((one) => this.#allows(one));
    if (allowed.length === 0) throw new VultusError('address_not_allowed');
    return allowed;
  }

  #allows(address: string): boolean {
    const plain = unmapped(address);
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    if (this.#networks.check(plain, family)) return true;
    return this.#public && isPublic(plain);
  }

  async #known(look: () => Promise<string[]>): Promise<string[]> {
    const addresses = await look().catch(() => []);
    if (addresses.length === 0) throw new VultusError('address_unknown', 'its name is not known');
    return addresses;
  }
}

/** Whether everybody on the Internet could reach an address. */
export function isPublic(address: string): boolean {
  const plain = unmapped(address);
  if (isIP(plain) === 4) return !notPublic.check(plain, 'ipv4');
  return isIP(plain) === 6 && publicV6.check(plain, 'ipv6') && !notPublic.check(plain, 'ipv6');
}

/** As the URL standard spells it (https://url.spec.whatwg.org/#host-parsing), without brackets and a dot at the end. */
function canonicalHost(host: string): string | undefined {
  if (host === '' || host.length > 255 || /[/?#@\\]/.test(host)) return undefined;
  const bracketed = isIP(host) === 6 ? `[${host}]` : host;
  if (bracketed.includes(':') && !bracketed.startsWith('[')) return undefined;
  if (!URL.canParse(`http://${bracketed}/`)) return undefined;
  const { hostname } = new URL(`http://${bracketed}/`);
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** IPv4 in IPv6 (RFC 4291 §2.5.5.2) as IPv4. */
function unmapped(address: string): string {
  if (isIP(address) !== 6) return address;
  const { hostname } = new URL(`http://[${address.split('%')[0]}]/`);
  const mapped = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(hostname);
  if (!mapped) return hostname.slice(1, -1);
  const [high, low] = mapped.slice(1).map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
}

const SYSTEM_NAMES: Names = {
  local: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  // Not by `lookup`, which keeps one of few threads busy for as long as a name server likes.
  remote: async (name) => {
    const resolver = new Resolver(RESOLVER_PATIENCE);
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  },
};
