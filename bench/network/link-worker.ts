/**
 * A slow, lossy way between two UDP peers, in a thread of its own: what `tc netem` and `tbf` do, in user space, so
 * that it runs without root and on kernels without netem, and is the same on those that have it. A packet first passes the bottleneck (a rate and a queue
 * that drops its tail), then chance may lose it, then it takes its delay; with jitter, packets overtake each other.
 */
import { createSocket, type Socket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';
import { randomNumbers } from '../../src/random.ts';
import { type LinkConditions, type LinkCounts, NO_COUNTS } from './link-conditions.ts';

const TICK_MS = 1;
const REPORT_MS = 200;
/** IP and UDP. */
const HEADER_BYTES = 28;

const port = parentPort!;
const { address, serverPort, seed } = workerData as { address: string; serverPort: number; seed: number };
const random = randomNumbers(seed);
let conditions: LinkConditions = {};
let counts: LinkCounts = { ...NO_COUNTS };

/** One way through the link. */
class Way {
  readonly #send: (packet: Buffer) => void;
  #waiting: { packet: Buffer; dueMs: number }[] = [];
  #freeAtMs = 0;

  constructor(send: (packet: Buffer) => void) {
    this.#send = send;
  }

  /** Milliseconds that a packet would wait in the queue now. */
  queueMs(nowMs: number): number {
    return Math.max(0, this.#freeAtMs - nowMs);
  }

  /** Whether the packet goes on its way. */
  take(packet: Buffer, nowMs: number): boolean {
    const { kbps, queueMs = 300, loss = 0, delayMs = 0, jitterMs = 0, reorder = 0, down } = conditions;
    if (down || this.queueMs(nowMs) > queueMs) return false;
    const startMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = kbps ? startMs + ((packet.length + HEADER_BYTES) * 8) / kbps : startMs;
    if (random() < loss) return false;
    // Those that are out of order come without the delay (as with `netem reorder`).
    const lateMs = random() < reorder ? 0 : delayMs + jitterMs * (2 * random() - 1);
    this.#waiting.push({ packet, dueMs: this.#freeAtMs + Math.max(0, lateMs) });
    return true;
  }

  release(nowMs: number): void {
    if (!this.#waiting.some(({ dueMs }) => dueMs <= nowMs)) return;
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
    this.#waiting = this.#waiting.filter(({ dueMs }) => dueMs > nowMs);
    for (const { packet } of due) this.#send(packet);
  }
}

let browserPort = 0;
let browserAddress = '';
const toBrowser = new Way((packet) => {
  counts.deliveredBytes += packet.length + HEADER_BYTES;
  front.send(packet, browserPort, browserAddress);
});
const toServer = new Way((packet) => back.send(packet, serverPort, address));

const front = await bound((packet, from) => {
  browserPort = from.port;
  browserAddress = from.address;
  toServer.take(packet, performance.now());
});
const back = await bound((packet) => {
  counts.sentBytes += packet.length + HEADER_BYTES;
  counts.packets++;
  if (!toBrowser.take(packet, performance.now())) counts.lostPackets++;
  counts.queueMs = Math.max(counts.queueMs, toBrowser.queueMs(performance.now()));
});
setInterval(() => {
  const nowMs = performance.now();
  toBrowser.release(nowMs);
  toServer.release(nowMs);
}, TICK_MS);
setInterval(() => {
  port.postMessage({ counts });
  counts = { ...NO_COUNTS };
}, REPORT_MS);
port.on('message', (next: LinkConditions) => {
  conditions = next;
});
port.postMessage({ port: front.address().port });

function bound(receive: (packet: Buffer, from: { address: string; port: number }) => void): Promise<Socket> {
  const socket = createSocket('udp4').on('message', receive);
  return new Promise((resolve) => socket.bind(0, () => resolve(socket)));
}
