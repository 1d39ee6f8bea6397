import type { Session } from '../../../src/client/index.ts';
import type { FuzzedServer } from '../fuzzed-server.ts';
import { HostilePeer } from '../peer/hostile-peer.ts';
import { type PeerPacket, peerPackets } from '../peer/packets.ts';
import { ServerHealth } from '../peer/server-health.ts';
import { serverTarget } from '../target.ts';

/** A peer that damaged its own connection gets no answer; that is its own affair. */
const ANSWER_MS = 1000;

/** A peer of a session that goes on in the same session as long as it can. */
class Attack {
  readonly #server: FuzzedServer;
  #session: Session | undefined;
  #peer: HostilePeer | undefined;
  #url = '';

  constructor(server: FuzzedServer) {
    this.#server = server;
  }

  async connected(): Promise<HostilePeer> {
    if (this.#peer?.connected && this.#url === this.#server.url) return this.#peer;
    return this.connect([]);
  }

  /** @throws Error where an honest offer is refused, or an honest peer does not come to be connected */
  async connect(early: readonly PeerPacket[]): Promise<HostilePeer> {
    await this.close();
    this.#url = this.#server.url;
    this.#session = await this.#server.openSession();
    const peer = new HostilePeer();
    this.#peer = peer;
    const response = await fetch(`${this.#url}/v1/sessions/${this.#session.id}/webrtc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'offer', sdp: await peer.offer() }),
    });
    if (!response.ok) throw new Error(`an honest offer is refused: ${await response.text()}`);
    await peer.answer(((await response.json()) as { sdp: string }).sdp, early);
    const connected = await peer.waitUntilConnected();
    if (!connected && early.length === 0) throw new Error('an honest peer does not come to be connected');
    return peer;
  }

  async close(): Promise<void> {
    await this.#peer?.close();
    this.#peer = undefined;
    await this.#session?.close().catch(() => {});
    this.#session = undefined;
  }
}

/** Sends packets to a running server as one that has valid keys; `attempt` says when, and waits for what becomes of them. */
function peerTarget(
  name: string,
  runsInSuite: number,
  attempt: (attack: Attack, packets: PeerPacket[], health: ServerHealth) => Promise<void>,
) {
  return serverTarget<PeerPacket[]>({
    name,
    runsInSuite,
    async open(server) {
      const attack = new Attack(server);
      const health = new ServerHealth(server);
      return {
        inputs: peerPackets,
        attempt: (packets) => attempt(attack, packets, health),
        close: () => attack.close(),
      };
    },
  });
}

/** A peer with valid keys: whatever it sends ends itself at most. */
export const connectedPeer = peerTarget('connected-peer', 60, async (attack, packets, health) => {
  const peer = await attack.connected();
  await peer.send(packets);
  const answered = await peer.ping(ANSWER_MS);
  await health.check();
  if (!answered) await attack.close();
});

/** The same, sent as soon as there are keys: before there is an SCTP association, and while it comes to be. */
export const connectingPeer = peerTarget('connecting-peer', 6, async (attack, packets, health) => {
  const peer = await attack.connect(packets);
  if (peer.connected) await peer.ping(ANSWER_MS);
  await health.check();
});
