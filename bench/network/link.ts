import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LinkConditions, LinkCounts } from './link-conditions.ts';

/** Host candidate over UDP and IPv4 of an SDP (RFC 8839 §5.1). */
const HOST_CANDIDATE = /^a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host.*$/im;

/** The link between a server and a browser; each learns of the other only what the link tells it. */
export class Link {
  readonly #seed: number;
  #worker: Worker | undefined;
  #conditions: LinkConditions = {};
  /** Called five times a second. */
  onCounts: (counts: LinkCounts) => void = () => {};

  constructor(seed: number) {
    this.#seed = seed;
  }

  set(conditions: LinkConditions): void {
    this.#conditions = conditions;
    this.#worker?.postMessage(conditions);
  }

  /** The offer without its candidates: the server answers to where packets come from. */
  passOffer(sdp: string): string {
    return withoutCandidates(sdp);
  }

  /** The answer with the link in place of the server. */
  async passAnswer(sdp: string): Promise<string> {
    const [line, address, port] = HOST_CANDIDATE.exec(sdp) ?? [];
    if (!line) throw new Error('the answer has no host candidate over UDP and IPv4');
    const worker = new Worker(new URL('./link-worker.ts', import.meta.url), {
      workerData: { address, serverPort: Number(port), seed: this.#seed },
    });
    this.#worker = worker;
    const [{ port: ownPort }] = await once(worker, 'message');
    worker.on('message', ({ counts }) => this.onCounts(counts));
    worker.postMessage(this.#conditions);
    // Once for all kinds of media: they share one transport.
    return withoutCandidates(sdp).replace(
      /^a=ice-ufrag/m,
      `${line.replace(` ${port} `, ` ${ownPort} `)}\r\na=ice-ufrag`,
    );
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}

function withoutCandidates(sdp: string): string {
  return sdp.replace(/^a=candidate:.*\r?\n/gm, '');
}
