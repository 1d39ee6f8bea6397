/**
 * A server in a process of its own and WebSocket clients at the pace of the clock: one long session, others come and
 * go, while engines are killed, the disk runs full, a hostile client floods the server and the network is cut.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type LiveConnection,
  type Session,
  type SessionOptions,
  Vultus,
  VultusClientError,
} from '../../src/client/index.ts';
import { randomNumbers } from '../../src/random.ts';
import { conversation } from './conversation.ts';
import { Faults } from './faults.ts';
import { MemoryWatch } from './memory-watch.ts';
import { CuttableWay } from './network-outage.ts';
import { SessionWatch } from './session-watch.ts';
import { SmallDisk } from './small-disk.ts';
import type { SoakPart } from './virtual-part.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const MEMORY_EVERY_MS = 10_000;
const SIZE = 256;
/** Room for the gallery and some portraits more. */
const DISK_MB = 128;
const PORTRAIT = new URL('../../client-demo/public/gallery/', import.meta.url);
const RECONNECT_MS = 1000;

export interface RealTimePart extends SoakPart {
  /** On the clock of `performance.now`. */
  startMs: number;
  late: number;
  sent: number;
  /** Sessions that were not taken because the machine was too busy. */
  refused: number;
  /** Warnings of the server, by code. */
  warnings: Map<string, number>;
  /** What went wrong on purpose. */
  story: Faults['story'];
  /** Problems that were part of it. */
  explained: string[];
}

export async function soakInRealTime(
  seconds: number,
  voice: Float32Array,
  log: (line: string) => void,
): Promise<RealTimePart> {
  const disk = new SmallDisk(DISK_MB);
  const { child, url } = await startServer(disk.folder);
  const way = await CuttableWay.open(Number(new URL(url).port));
  const faults = new Faults({ pid: child.pid!, url, disk, way, portrait: newPortrait }, log);
  try {
    const soak = new RealTimeSoak(url, way.url, faults, voice, log);
    const [part] = await Promise.all([soak.run(seconds * 1000), faults.run(seconds)]);
    return part;
  } finally {
    way.close();
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    disk.remove();
  }
}

/** A portrait of the gallery, which for the server is another one each time. */
async function newPortrait(): Promise<Uint8Array<ArrayBuffer>> {
  const [{ file }] = JSON.parse(await readFile(new URL('gallery.json', PORTRAIT), 'utf8')) as {
    file: string;
  }[];
  return new Uint8Array(Buffer.concat([await readFile(new URL(file, PORTRAIT)), randomBytes(8)]));
}

async function startServer(cacheDir: string): Promise<{ child: ChildProcess; url: string }> {
  const flags = ['--port', '0', '--workers', '2', '--cache-dir', cacheDir, '--drain-s', '1'];
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
  readonly #faults: Faults;
  readonly #explained: string[] = [];
  readonly #cuttable: Vultus;

  /** `cuttableUrl`: of the way that the long session takes. */
  constructor(
    url: string,
    cuttableUrl: string,
    faults: Faults,
    voice: Float32Array,
    log: (line: string) => void,
  ) {
    this.#url = url;
    this.#vultus = new Vultus({ url });
    this.#cuttable = new Vultus({ url: cuttableUrl });
    this.#faults = faults;
    this.#voice = voice;
    this.#log = log;
  }

  async run(durationMs: number): Promise<RealTimePart> {
    const startMs = performance.now();
    const endMs = startMs + durationMs;
    const [{ id: avatarId }] = await this.#vultus.avatars.list();
    await Promise.all([
      this.#live('long', this.#cuttable, { avatarId, size: SIZE }, endMs),
      this.#comeAndGo(avatarId, endMs),
      this.#watchMemory(endMs),
    ]);
    return {
      startMs,
      watches: this.#watches,
      memory: this.#memory,
      late: this.#late,
      sent: this.#sent,
      refused: this.#refused,
      warnings: this.#warnings,
      story: this.#faults.story,
      explained: this.#explained,
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
      await this.#live(
        `short ${count}`,
        this.#vultus,
        { avatarId, size: SIZE, latency, codec, fps },
        untilMs,
      );
    }
  }

  /** One session from its opening to its end, over as many connections as it takes. */
  async #live(name: string, vultus: Vultus, options: SessionOptions, untilMs: number): Promise<void> {
    const watch = this.#watch(name);
    try {
      const session = await vultus.sessions.create(options);
      await this.#talk(session, watch, untilMs);
      while (performance.now() < untilMs) {
        await sleep(RECONNECT_MS);
        const next = this.#watch(`${name}, again`);
        await this.#talk(session, next, untilMs).catch((cause) => next.problem(described(cause)));
      }
      // Every other one just goes away, as a closed laptop does: the server has to find out by itself.
      if (this.#random() < 0.5) await session.close();
    } catch (cause) {
      if (cause instanceof VultusClientError && cause.code === 'at_capacity') this.#refused++;
      else watch.problem(described(cause));
    }
  }

  /** Over one connection, until it ends or the time is over. */
  async #talk(session: Session, watch: SessionWatch, untilMs: number): Promise<void> {
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
    live.close();
  }

  #watch(name: string): SessionWatch {
    const watch = new SessionWatch(name, this.#log, (problem) => {
      const fault = this.#faults.explaining(problem);
      if (fault) this.#explained.push(`${fault}: ${problem}`);
      return fault !== undefined;
    });
    this.#watches.push(watch);
    return watch;
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
    live.on('error', (error) => watch.problem(described(error)));
    live.on('closed', ({ error }) => error && watch.problem(`closed: ${error.code}`));
    return figures;
  }

  async #watchMemory(endMs: number): Promise<void> {
    const startMs = performance.now();
    for (let count = 0; performance.now() < endMs; count++) {
      const metrics = await (await fetch(`${this.#url}/metrics`)).text();
      const megabytes = (name: string) =>
        Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]) / 2 ** 20;
      const serverMb = megabytes('process_resident_memory_bytes');
      const residentMb = serverMb + megabytes('vultus_engine_resident_bytes');
      this.#memory.add({
        seconds: (performance.now() - startMs) / 1000,
        residentMb,
        serverMb,
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

function described(cause: unknown): string {
  return cause instanceof VultusClientError ? `${cause.code}: ${cause.message}` : String(cause);
}
