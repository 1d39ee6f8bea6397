import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { floatToS16le } from '../../src/audio/pcm.ts';
import type { LiveKitServer } from '../../test/support/livekit-server.ts';

export const SOUND_RATE_HZ = 48_000;
/** As the senders of LiveKit's agents send it, whatever their speech synthesis gives. */
export const SENT_RATE_HZ = 24_000;

export interface Joining {
  keys: Pick<LiveKitServer, 'url' | 'apiKey' | 'apiSecret'>;
  room: string;
  identity: string;
  takes: readonly ('audio' | 'video')[];
  /** Of pictures: [x, y, width, height] as fractions. */
  mouth?: number[] | undefined;
}

/** Milliseconds of the machine's clock throughout. */
export interface Seen {
  /** `luma`: mean of all; `mouth`: of the mouth, on a small grid. */
  pictures: { atMs: number; luma: number; mouth: number[] }[];
  /** Each 10 ms; `loudest` of 32767, `onsetMs`: of its first loud sample. */
  sound: { atMs: number; loudest: number; onsetMs: number | undefined }[];
}

export type Order = { do: 'say'; voice: Uint8Array } | { do: 'clear' } | { do: 'tell' };

/** `atMs`: when the order came. */
export interface Report {
  atMs: number;
  seen?: Seen;
}

/** One who watches, hears or speaks in a room, in a process of its own. */
export class Participant {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  static async join(joining: Joining): Promise<Participant> {
    const { url, apiKey, apiSecret } = joining.keys;
    const plain: Joining = { ...joining, keys: { url, apiKey, apiSecret } };
    const child = fork(fileURLToPath(new URL('participant.ts', import.meta.url)), [JSON.stringify(plain)], {
      serialization: 'advanced',
      // LiveKit's client says less.
      env: { ...process.env, NODE_ENV: 'production' },
    });
    await once(child, 'message');
    return new Participant(child);
  }

  /** 48 kHz, as one segment, faster than it is heard. @returns when it began to */
  async say(voice: Float32Array): Promise<number> {
    const sent = new Float32Array(voice.length / 2).map((_, i) => (voice[2 * i] + voice[2 * i + 1]) / 2);
    return (await this.#order({ do: 'say', voice: floatToS16le(sent) })).atMs;
  }

  /** What is not yet heard is to be dropped. @returns when it was called for */
  async clear(): Promise<number> {
    return (await this.#order({ do: 'clear' })).atMs;
  }

  /** What it has seen and heard since this was last asked. */
  async tell(): Promise<Seen> {
    return (await this.#order({ do: 'tell' })).seen!;
  }

  async close(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }

  async #order(order: Order): Promise<Report> {
    const answer = once(this.#process, 'message');
    this.#process.send(order);
    return (await answer)[0] as Report;
  }
}

/** The machine's clock, which all processes read alike, milliseconds. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
