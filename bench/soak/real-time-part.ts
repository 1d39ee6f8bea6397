/** A server in a process of its own and WebSocket clients at the pace of the clock: one long session, others come and go. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type LiveConnection,
  type SessionOptions,
  Vultus,
  VultusClientError,
} from '../../src/client/index.ts';
import { randomNumbers } from '../../src/random.ts';
import { conversation } from './conversation.ts';
import { MemoryWatch } from './memory-watch.ts';
import { SessionWatch } from './session-watch.ts';
import type { SoakPart } from './virtual-part.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const MEMORY_EVERY_MS = 10_000;
const SIZE = 256;

export interface RealTimePart extends SoakPart {
  late: number;
  sent: number;
  /** Sessions that were not taken because the machine was too busy. */
  refused: number;
  /** Warnings of the server, by code. */
  warnings: Map<string, number>;
}

export async function soakInRealTime(
  seconds: number,
  voice: Float32Array,
  log: (line: string) => void,
): Promise<RealTimePart> {
  const { child, url } = await startServer();
  try {
    return await new RealTimeSoak(url, voice, log).run(seconds * 1000);
  } finally {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
}

async function startServer(): Promise<{ child: ChildProcess; url: string }> {
  const flags = ['--port', '0', '--workers', '1', '--idle-timeout-s', '20', '--drain-s', '1'];
  const child = spawn(process.execPath, [MAIN, 'serve', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
      const ready = /Vultus is ready: (\S+)/.exec(out);
      if (ready) resolve(ready[1]);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${out}`)));
  });
  return { child, url };
}

class RealTimeSoak {
  readonly #url: string;
  readonly #vultus: Vultus;
  readonly #voice: Float32Array;
  readonly #log: (line: string) => void;
  readonly #watches: SessionWatch[] = [];
  readonly #memory = new MemoryWatch();
  readonly #warnings = new Map<string, number>();
  readonly #random = randomNumbers(11);
  #late = 0;
  #sent = 0;
  #refused = 0;

  constructor(url: string, voice: Float32Array, log: (line: string) => void) {
    this.#url = url;
    this.#vultus = new Vultus({ url });
    this.#voice = voice;
    this.#log = log;
  }

  async run(durationMs: number): Promise<RealTimePart> {
    const endMs = performance.now() + durationMs;
    const [{ id: avatarId }] = await this.#vultus.avatars.list();
    await Promise.all([
      this.#live('long', { avatarId, size: SIZE }, endMs),
      this.#comeAndGo(avatarId, endMs),
      this.#watchMemory(endMs),
    ]);
    return {
      watches: this.#watches,
      memory: this.#memory,
      late: this.#late,
      sent: this.#sent,
      refused: this.#refused,
      warnings: this.#warnings,
    };
  }

  async #comeAndGo(avatarId: string, endMs: number): Promise<void> {
    const random = this.#random;
    for (let count = 1; performance.now() < endMs; count++) {
      await sleep(Math.min(20_000 * random(), Math.max(0, endMs - performance.now())));
      const latency = (['low', 'balanced', 'quality'] as const)[Math.floor(3 * random())];
      const codec = random() < 0.5 ? 'h264' : 'vp8';
      const fps = random() < 0.7 ? 25 : 30;
      const untilMs = Math.min(endMs, performance.now() + 1000 * (10 + 80 * random()));
      await this.#live(`short ${count}`, { avatarId, size: SIZE, latency, codec, fps }, untilMs);
    }
  }

  /** One session from its opening to its end. */
  async #live(name: string, options: SessionOptions, untilMs: number): Promise<void> {
    const watch = new SessionWatch(name, this.#log);
    this.#watches.push(watch);
    try {
      const session = await this.#vultus.sessions.create(options);
      const live = await session.connectWebSocket({ audio: { encoding: 's16le', sampleRateHz: 48000 } });
      const figures = this.#follow(live, watch);
      const acts = conversation(randomNumbers(this.#watches.length), this.#voice);
      while (performance.now() < untilMs && !live.closed) {
        const { run, thenMs } = acts.next().value;
        run(live);
        await sleep(Math.min(thenMs, Math.max(0, untilMs - performance.now())));
      }
      this.#late += figures.late;
      this.#sent += figures.sent;
      // Every other one just goes away, as a closed laptop does: the server has to find out by itself.
      live.close();
      if (this.#random() < 0.5) await session.close();
    } catch (cause) {
      if (cause instanceof VultusClientError && cause.code === 'at_capacity') this.#refused++;
      else watch.problem((cause as Error).message);
    }
  }

  #follow(live: LiveConnection, watch: SessionWatch): { late: number; sent: number } {
    const figures = { late: 0, sent: 0 };
    live.on('voice', (packet) => watch.voice(packet, performance.now()));
    live.on('video', (picture) => watch.picture(picture, performance.now()));
    live.on('speech.started', ({ utterance }) => watch.speechStarted(utterance));
    live.on('speech.ended', ({ utterance, playedMs }) => watch.speechEnded(utterance, playedMs));
    live.on('stats', ({ framesSent, framesLate }) =>
      Object.assign(figures, { sent: framesSent, late: framesLate }),
    );
    live.on('warning', ({ code }) => this.#warnings.set(code, (this.#warnings.get(code) ?? 0) + 1));
    live.on('error', (error) => watch.problem(`${error.code}: ${error.message}`));
    live.on('closed', ({ error }) => error && watch.problem(`closed: ${error.code}`));
    return figures;
  }

  async #watchMemory(endMs: number): Promise<void> {
    const startMs = performance.now();
    for (let count = 0; performance.now() < endMs; count++) {
      const metrics = await (await fetch(`${this.#url}/metrics`)).text();
      const megabytes = (name: string) =>
        Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]) / 2 ** 20;
      const residentMb =
        megabytes('process_resident_memory_bytes') + megabytes('vultus_engine_resident_bytes');
      this.#memory.add({
        seconds: (performance.now() - startMs) / 1000,
        residentMb,
        heapMb: megabytes('nodejs_heap_size_used_bytes'),
        externalMb: megabytes('nodejs_external_memory_bytes'),
      });
      if (count % 12 === 0) {
        const problems = this.#watches.flatMap((watch) => watch.problems).length;
        const seconds = Math.round((count * MEMORY_EVERY_MS) / 1000);
        this.#log(`real time ${seconds} s, ${Math.round(residentMb)} MB, ${problems} problems`);
      }
      await sleep(Math.min(MEMORY_EVERY_MS, Math.max(0, endMs - performance.now())));
    }
  }
}
