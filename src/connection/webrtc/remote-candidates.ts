/**
 * Which of the addresses that a peer names are tried (RFC 8445 §5.1). They are of the peer's choice, so there are few
 * of them, and none that only this machine, or nobody, can mean. Whoever is not found by them is found all the same:
 * it knows our addresses, and we answer where its checks come from (peer-reflexive candidates, §7.3.1.3).
 */
import { BlockList, isIP } from 'node:net';

/** A browser names some six: two or three interfaces, their addresses seen from outside, relays. */
const MOST_CANDIDATES = 16;

const NEVER_A_PEER = new BlockList();
for (const [address, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const) {
  NEVER_A_PEER.addSubnet(address, prefix, 'ipv4');
}
for (const [address, prefix] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  NEVER_A_PEER.addSubnet(address, prefix, 'ipv6');
}

/** Chooses `a=candidate` lines of one offer, the first that are of use. */
export class RemoteCandidates {
  readonly #taken = new Set<string>();

  /** Whether this one is tried. */
  take(line: string): boolean {
    // RFC 8839 §5.1: foundation component transport priority address port `typ` type …
    const [, component, transport, , address, port, , type] = line.split(' ');
    if (component !== '1' || transport?.toLowerCase() !== 'udp') return false;
    if (!['host', 'srflx', 'relay'].includes(type) || !isReachable(address) || !isPort(port)) return false;
    const place = `${address} ${port}`;
    if (this.#taken.has(place) || this.#taken.size >= MOST_CANDIDATES) return false;
    this.#taken.add(place);
    return true;
  }
}

/** No names: those of mDNS are known in the peer's own network, and others would be looked up on its demand. */
function isReachable(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !NEVER_A_PEER.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 2 ** 16;
}
