/**
 * werift 0.25 believes everybody who finds its UDP port: it answers, changes its role for, and sends checks to whoever
 * sends a STUN request, signed or not, remembers each number of each request, and takes data from any address. And it
 * sends some five checks from each of its addresses to each of thousands that a peer names. What a peer sends it
 * decrypts and reads, however much that is.
 */
import type { RTCIceTransport } from 'werift';
import { TokenBucket } from '../../../budget/token-bucket.ts';
import { inside } from './inside.ts';
import { isStun, readStunRequest } from './stun-request.ts';

/** Addresses that a peer may come from between two restarts: its interfaces, as seen through its routers. */
const MOST_ADDRESSES = 32;
/** Checks to addresses that have not answered; a peer that is there is found with some ten. */
const MOST_UNANSWERED_CHECKS = 100;
const MOST_REMEMBERED_REQUESTS = 64;
/** Of a peer: a microphone has 50 a second, 2000 carry 19 Mbit/s. What is more costs others the processor. */
const DATAGRAMS = { ratePerS: 2000, burst: 4000 };
/** State of a pair, and class of a message, as werift has them. */
const SUCCEEDED = 3;
const REQUEST = 0;

type Address = readonly [host: string, port: number];

/** What is needed of werift's agent and its sockets, which do not show it. */
interface Agent {
  ensureProtocol(protocol: object): void;
  checkList: { state: number; remoteAddr: Address; requestTransactionIds: Set<string> }[];
  userHistory: Record<string, string>;
  localUsername: string;
  localPassword: string;
  generation: number;
}
interface Socket {
  onRequestReceived: { execute: (message: unknown, from: Address, data: Buffer) => void };
  sendStun: (message: { attributesKeys: string[]; messageClass: number }, to: Address) => Promise<void>;
}
type Receive = (data: Buffer, from: Address) => void;

/**
 * Lets in requests that are signed with our password, and what else comes from where such ones have come or checks
 * were answered. To be called before candidates are gathered. `onHeard`: at each such request.
 */
export function guardStun({ connection }: RTCIceTransport, onHeard: () => void): void {
  const agent = inside<Agent>(connection, 'Connection', {
    ensureProtocol: 'function',
    checkList: 'object',
    userHistory: 'object',
    localUsername: 'string',
    localPassword: 'string',
    generation: 'number',
  });
  const guard = new StunGuard(agent, onHeard);
  const ensureProtocol = agent.ensureProtocol.bind(agent);
  agent.ensureProtocol = (protocol) => {
    guard.watch(protocol);
    ensureProtocol(protocol);
  };
}

class StunGuard {
  readonly #agent: Agent;
  readonly #onHeard: () => void;
  #generation: number;
  #unanswered = 0;
  readonly #datagrams = new TokenBucket(DATAGRAMS);
  readonly #known = new Set<string>();
  /** Known before the last restart: what was under way goes on until there is another way. */
  readonly #former = new Set<string>();

  constructor(agent: Agent, onHeard: () => void) {
    this.#agent = agent;
    this.#onHeard = onHeard;
    this.#generation = agent.generation;
  }

  watch(protocol: object): void {
    const socket = inside<Socket>(protocol, 'Protocol', {
      onRequestReceived: 'object',
      sendStun: 'function',
    });
    const { onRequestReceived: requests } = socket;
    const execute = requests.execute.bind(requests);
    requests.execute = (message, from, data) => {
      if (!this.#admits(data, from)) return;
      this.#onHeard();
      execute(message, from, data);
      this.#forgetRequests();
    };
    const sendStun = socket.sendStun.bind(socket);
    socket.sendStun = async (message, to) => {
      const isCheck = message.messageClass === REQUEST && message.attributesKeys.includes('USERNAME');
      if (!isCheck || this.#maySendTo(to)) await sendStun(message, to);
    };
    wrapReceive(protocol, (data, from) => (isStun(data) || this.#isKnown(from)) && this.#datagrams.take());
  }

  /** A request of the peer; its address is known from then on. */
  #admits(data: Buffer, from: Address): boolean {
    this.#followRestart();
    const place = placeOf(from);
    if (!this.#known.has(place) && this.#known.size >= MOST_ADDRESSES) return false;
    const request = readStunRequest(data);
    const password = request && this.#passwordOf(request.userFragment);
    if (password === undefined || !request!.knows(password)) return false;
    this.#known.add(place);
    return true;
  }

  #maySendTo(address: Address): boolean {
    this.#followRestart();
    return this.#isKnown(address) || ++this.#unanswered <= MOST_UNANSWERED_CHECKS;
  }

  #isKnown(address: Address): boolean {
    const place = placeOf(address);
    if (this.#known.has(place) || this.#former.has(place)) return true;
    return this.#agent.checkList.some(
      ({ state, remoteAddr }) => state === SUCCEEDED && placeOf(remoteAddr) === place,
    );
  }

  #passwordOf(user: string): string | undefined {
    const { localUsername, localPassword, userHistory } = this.#agent;
    if (user === localUsername) return localPassword;
    return Object.hasOwn(userHistory, user) ? userHistory[user] : undefined;
  }

  #followRestart(): void {
    if (this.#generation === this.#agent.generation) return;
    this.#generation = this.#agent.generation;
    this.#unanswered = 0;
    this.#former.clear();
    for (const place of this.#known) this.#former.add(place);
    this.#known.clear();
  }

  /** They count for statistics only. */
  #forgetRequests(): void {
    for (const { requestTransactionIds } of this.#agent.checkList) {
      if (requestTransactionIds.size > MOST_REMEMBERED_REQUESTS) requestTransactionIds.clear();
    }
  }
}

/** Lets a socket see only what is `wanted`: one of UDP, or one of a TURN server. */
function wrapReceive(protocol: object, wanted: (data: Buffer, from: Address) => boolean): void {
  if ('handleStunMessage' in protocol) {
    const relay = inside<{ handleStunMessage: Receive }>(protocol, 'Protocol', {
      handleStunMessage: 'function',
    });
    const receive = relay.handleStunMessage;
    relay.handleStunMessage = (data, from) => wanted(data, from) && receive(data, from);
  } else {
    const socket = inside<{ datagramReceived: Receive }>(protocol, 'Protocol', {
      datagramReceived: 'function',
    });
    const receive = socket.datagramReceived.bind(socket);
    socket.datagramReceived = (data, from) => wanted(data, from) && receive(data, from);
  }
}

function placeOf([host, port]: Address): string {
  return `${host} ${port}`;
}
