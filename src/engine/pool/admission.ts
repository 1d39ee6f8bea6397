import type { SessionStats } from '../../contract/stats.ts';
import { VultusError } from '../../errors.ts';
import { SessionCost } from './session-cost.ts';
import { SessionLifetimes } from './session-lifetimes.ts';
import type { SessionWork } from './session-work.ts';

/** What has to be known of a node: see `PooledNode`. */
export interface Loaded {
  readonly busy: number;
  readonly recoveryS: number;
  /** Of each of its sessions. */
  readonly work: readonly SessionWork[];
}

/** A node that is busier than its sessions explain may be calm again at the next look or two. */
/**
 * A session that needs more of a node's time than this takes from other nodes too: its encoder has threads of its own,
 * and cores are shared.
 */
const LARGE_SHARE = 1.5;
const BUSY_RETRY_S = 5;
const SHORTEST_RETRY_S = 1;
const LONGEST_RETRY_S = 120;

/** Decides which node takes a session, and when it is worth asking again where none does. */
export class Admission {
  readonly lifetimes: SessionLifetimes;
  readonly #mostLoad: number;
  readonly #cost = new SessionCost();

  /** @param mostLoad share of a node's time that is given away, 0..1 */
  constructor(mostLoad: number, lifetimes = new SessionLifetimes()) {
    this.#mostLoad = mostLoad;
    this.lifetimes = lifetimes;
  }

  /** Takes the figures that a session of `node` has measured. */
  learn(node: Loaded, work: SessionWork, stats: SessionStats): void {
    // Smaller pictures tell nothing of what full ones cost.
    if (node.recoveryS === 0) this.#cost.learn(work, stats);
  }

  /**
   * The node with the most room. The first session of a node is always taken: it makes nobody late. Only a large one,
   * for which the nodes have no room all together, is not taken beside others, unless it runs already (`moves`).
   * @throws VultusError `at_capacity` with the expected wait, `engine_failed` where there is none
   */
  choose<Node extends Loaded>(nodes: readonly Node[], work: SessionWork, { moves = false } = {}): Node {
    if (nodes.length === 0) throw new VultusError('engine_failed', 'no engine process runs');
    const least = nodes
      .map((node) => ({ node, load: this.#load(node) }))
      .reduce((best, next) => (next.load < best.load ? next : best));
    const share = this.#cost.share(work);
    const after = least.load + share;
    if (after <= this.#mostLoad) return least.node;
    if (least.node.work.length === 0 && (moves || !this.#harmsOthers(nodes, share))) return least.node;
    const percent = (share: number) => `${Math.round(100 * share)} %`;
    throw this.refusal(
      `the least busy engine process would need ${percent(after)} of its time, at most ${percent(this.#mostLoad)} is given away`,
      least.node.work.length > 0 ? this.#waitS(least.node, work) : this.#untilAllHaveEndedS(nodes),
    );
  }

  /** How many more sessions of this kind would be taken now. */
  headroom(nodes: readonly Loaded[], work: SessionWork): number {
    const share = this.#cost.share(work);
    const roomOf = (node: Loaded) => {
      const room = Math.floor((this.#mostLoad - this.#load(node)) / share);
      return Math.max(room, node.work.length === 0 ? 1 : 0);
    };
    return nodes.reduce((sum, node) => sum + roomOf(node), 0);
  }

  /** `at_capacity`; by default the wait is for one session to end. */
  refusal(detail: string, waitS = this.lifetimes.expectedS(1)): VultusError {
    const retryAfterS = Math.ceil(Math.min(LONGEST_RETRY_S, Math.max(SHORTEST_RETRY_S, waitS)));
    return new VultusError('at_capacity', detail, { retryAfterS });
  }

  #harmsOthers(nodes: readonly Loaded[], share: number): boolean {
    if (share <= LARGE_SHARE || nodes.every(({ work }) => work.length === 0)) return false;
    const all = nodes.reduce((sum, node) => sum + this.#load(node), share);
    return all > this.#mostLoad * nodes.length;
  }

  #promised({ work }: Loaded): number {
    return work.reduce((sum, others) => sum + this.#cost.share(others), 0);
  }

  #load(node: Loaded): number {
    const promised = this.#promised(node);
    return node.recoveryS > 0 ? Math.max(1, promised) : Math.max(node.busy, promised);
  }

  #untilAllHaveEndedS(nodes: readonly Loaded[]): number {
    return this.lifetimes.expectedS(nodes.reduce((sum, node) => sum + node.work.length, 0));
  }

  /** Until enough of its sessions have ended, and until an overload has passed. */
  #waitS(node: Loaded, work: SessionWork): number {
    const promised = this.#promised(node);
    const missing = promised + this.#cost.share(work) - this.#mostLoad;
    if (missing <= 0) return node.recoveryS || BUSY_RETRY_S;
    const count = node.work.length;
    const ends = Math.min(count, Math.ceil((missing * count) / promised));
    return Math.max(node.recoveryS, this.lifetimes.expectedS(ends));
  }
}
