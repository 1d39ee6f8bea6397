/**
 * Packets that were sent as one burst count as one (draft-ietf-rmcat-gcc-02 §5.2, and libwebrtc's
 * `inter_arrival_delta.cc`): how much longer than its sending the arrival of each next group took is what the
 * delay-based controller sees.
 */

export interface GroupDelta {
  sendMs: number;
  arrivalMs: number;
  /** When the group was complete, on the receiver's clock. */
  arrivedAtMs: number;
}

const GROUP_MS = 5;
const BURST_ARRIVAL_MS = 5;
const LONGEST_BURST_MS = 100;
/** Where the receiver's clock jumps, or the order is upset for good, all starts anew. */
const CLOCK_JUMP_MS = 3000;
const MAX_REORDERED = 3;

interface Group {
  firstSentAtMs: number;
  sentAtMs: number;
  firstArrivedAtMs: number;
  arrivedAtMs: number;
}

export class PacketGroups {
  #current: Group | undefined;
  #previous: Group | undefined;
  #reordered = 0;

  /** The next packet that arrived; returns the step between the two last groups where one is complete. */
  add(sentAtMs: number, arrivedAtMs: number): GroupDelta | undefined {
    const current = this.#current;
    if (!current) {
      this.#current = newGroup(sentAtMs, arrivedAtMs);
      return undefined;
    }
    if (sentAtMs < current.firstSentAtMs) return undefined;
    if (!startsGroup(current, sentAtMs, arrivedAtMs)) {
      current.sentAtMs = Math.max(current.sentAtMs, sentAtMs);
      current.arrivedAtMs = arrivedAtMs;
      return undefined;
    }
    const delta = this.#previous && step(this.#previous, current);
    this.#previous = current;
    this.#current = newGroup(sentAtMs, arrivedAtMs);
    return delta && this.#plausible(delta) ? delta : undefined;
  }

  reset(): void {
    this.#current = undefined;
    this.#previous = undefined;
    this.#reordered = 0;
  }

  #plausible({ sendMs, arrivalMs }: GroupDelta): boolean {
    this.#reordered = arrivalMs < 0 ? this.#reordered + 1 : 0;
    if (Math.abs(arrivalMs - sendMs) >= CLOCK_JUMP_MS || this.#reordered >= MAX_REORDERED) this.reset();
    return arrivalMs >= 0 && arrivalMs - sendMs < CLOCK_JUMP_MS;
  }
}

function newGroup(sentAtMs: number, arrivedAtMs: number): Group {
  return { firstSentAtMs: sentAtMs, sentAtMs, firstArrivedAtMs: arrivedAtMs, arrivedAtMs };
}

function step(from: Group, to: Group): GroupDelta {
  return {
    sendMs: to.sentAtMs - from.sentAtMs,
    arrivalMs: to.arrivedAtMs - from.arrivedAtMs,
    arrivedAtMs: to.arrivedAtMs,
  };
}

function startsGroup(group: Group, sentAtMs: number, arrivedAtMs: number): boolean {
  const sendMs = sentAtMs - group.sentAtMs;
  const arrivalMs = arrivedAtMs - group.arrivedAtMs;
  if (sendMs === 0) return false;
  // What waited somewhere on the way together arrives together.
  const burst =
    arrivalMs < sendMs &&
    arrivalMs <= BURST_ARRIVAL_MS &&
    arrivedAtMs - group.firstArrivedAtMs < LONGEST_BURST_MS;
  return !burst && sentAtMs - group.firstSentAtMs > GROUP_MS;
}
