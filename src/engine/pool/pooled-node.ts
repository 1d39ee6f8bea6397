import type { SessionStats } from '../../contract/stats.ts';
import type { VultusError } from '../../errors.ts';
import type { EngineNode } from '../node.ts';
import type { Loaded } from './admission.ts';
import type { SessionLine } from './session-line.ts';
import type { SessionWork } from './session-work.ts';

export interface PooledNodeListener {
  /** The node has ended though nobody closed it, and these sessions have lost it. */
  failed(node: PooledNode, error: VultusError, lines: readonly SessionLine[]): void;
  /** Figures of a session, about once a second. */
  stats(node: PooledNode, work: SessionWork, stats: SessionStats): void;
}

/** A node of the pool with the sessions that are on it. */
export class PooledNode implements Loaded {
  readonly node: EngineNode;
  readonly #listener: PooledNodeListener;
  readonly #lines = new Map<string, SessionLine>();
  #busy = 0;
  /** Whether the next report covers a session that has left. */
  #outdated = false;

  constructor(node: EngineNode, listener: PooledNodeListener) {
    this.node = node;
    this.#listener = listener;
    node.events.on('session', (id, message, agoMs) => {
      const line = this.#lines.get(id);
      line?.receive(message, agoMs);
      if (line?.settled && message.type === 'event' && message.event.name === 'stats') {
        listener.stats(this, line.work, message.event.value);
      }
    });
    node.events.on('load', ({ busy }) => {
      this.#busy = this.#outdated ? 0 : busy;
      this.#outdated = false;
    });
    node.events.once('failed', (error) => this.#fail(error));
  }

  /** As measured last; 0 just after a session has left. */
  get busy(): number {
    return this.#lines.size > 0 ? this.#busy : 0;
  }

  get recoveryS(): number {
    return this.#lines.size > 0 ? this.node.load.recoveryS : 0;
  }

  get work(): SessionWork[] {
    return [...this.#lines.values()].map(({ work }) => work);
  }

  get sessionCount(): number {
    return this.#lines.size;
  }

  /** @throws VultusError as the session's own failure, or the node's */
  async open(line: SessionLine): Promise<void> {
    // From now on what the node says of this session goes to its line.
    this.#lines.set(line.id, line);
    await line.openOn(this.node);
  }

  /** A session has ended, here or elsewhere. */
  forget(line: SessionLine): void {
    if (!this.#lines.delete(line.id)) return;
    // What was measured, and the report under way, were of more sessions than there are now.
    this.#busy = 0;
    this.#outdated = true;
  }

  #fail(error: VultusError): void {
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    for (const line of lines) line.nodeLost(error);
    this.#listener.failed(this, error, lines);
  }
}
