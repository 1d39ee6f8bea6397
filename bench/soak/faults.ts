import { execFile, execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Vultus, VultusClientError } from '../../src/client/index.ts';
import type { CuttableWay } from './network-outage.ts';
import type { SmallDisk } from './small-disk.ts';

const FLOOD = fileURLToPath(new URL('./flood.ts', import.meta.url));
const KILL_EVERY_S = 600;
/** What a fault leaves behind may still be seen for so long. */
const AFTERMATH_MS = 15_000;

export interface FaultyWorld {
  /** Of the server. */
  pid: number;
  url: string;
  disk: SmallDisk;
  /** Over which the long session is watched. */
  way: CuttableWay;
  /** A portrait that the server has not seen. */
  portrait: () => Promise<Uint8Array<ArrayBuffer>>;
}

interface Window {
  fault: string;
  fromMs: number;
  untilMs: number;
  explains: RegExp;
}

/** What goes wrong on purpose during a soak: when, and what of it sessions may notice. */
export class Faults {
  /** What was done and what came of it, in order. */
  readonly story: { seconds: number; what: string }[] = [];
  readonly #world: FaultyWorld;
  readonly #log: (line: string) => void;
  readonly #windows: Window[] = [];
  readonly #startMs = performance.now();

  constructor(world: FaultyWorld, log: (line: string) => void) {
    this.#world = world;
    this.#log = log;
  }

  /** Which fault a problem of now is part of. */
  explaining(problem: string): string | undefined {
    const nowMs = performance.now();
    return this.#windows.find(
      ({ fromMs, untilMs, explains }) =>
        nowMs >= fromMs && nowMs < untilMs + AFTERMATH_MS && explains.test(problem),
    )?.fault;
  }

  /** Spreads them over a run of so many seconds. */
  async run(durationS: number): Promise<void> {
    const lengthS = Math.min(60, durationS / 30);
    const at = (share: number) => sleep(share * durationS * 1000);
    const kills = Math.max(1, Math.floor(durationS / KILL_EVERY_S) - 1);
    await Promise.all([
      ...Array.from({ length: kills }, (_, i) => at((i + 1) / (kills + 1)).then(() => this.#killEngine())),
      at(0.25).then(() => this.#fillDisk(lengthS)),
      at(0.45).then(() => this.#flood(lengthS)),
      at(0.7).then(() => this.#cutNetwork(Math.min(20, lengthS))),
    ]);
  }

  #tell(what: string): void {
    this.story.push({ seconds: Math.round((performance.now() - this.#startMs) / 1000), what });
    this.#log(`fault: ${what}`);
  }

  #expect(fault: string, forS: number, explains: RegExp): void {
    const fromMs = performance.now();
    this.#windows.push({ fault, fromMs, untilMs: fromMs + forS * 1000, explains });
  }

  /** Sessions go on in another process: pictures and voice stand still for a moment, and nothing that was said is lost. */
  #killEngine(): void {
    const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(this.#world.pid)], {
      encoding: 'utf8',
    });
    const engines = children.split('\n').filter((line) => line.includes('vultus-engine'));
    const pids = engines.map((line) => Number.parseInt(line, 10));
    this.#expect('end of an engine process', 0, /voice of \d+ ms/);
    if (pids.length > 0) process.kill(pids[0], 'SIGKILL');
    this.#tell(
      pids.length > 0 ? `one of ${pids.length} engine processes killed` : 'no engine process to kill',
    );
  }

  async #fillDisk(forS: number): Promise<void> {
    const { disk, url } = this.#world;
    if (!disk.limited) return this.#tell('disk full: not tried, no file system of its own could be made');
    disk.fill();
    this.#tell(`disk full: an upload is answered with ${await this.#upload(url)}`);
    await sleep(forS * 1000);
    disk.free();
    this.#tell(`disk free: an upload is answered with ${await this.#upload(url)}`);
  }

  async #upload(url: string): Promise<string> {
    const vultus = new Vultus({ url });
    try {
      const { id } = await vultus.avatars.create(await this.#world.portrait());
      await vultus.avatars.delete(id);
      return 'an avatar';
    } catch (error) {
      return error instanceof VultusClientError ? error.code : String(error);
    }
  }

  /** Others may be refused while it lasts; those that are there may not. */
  async #flood(forS: number): Promise<void> {
    this.#tell(`a flood for ${Math.round(forS)} s`);
    this.#expect('flood', forS, /^(?!long).*(at_capacity|too_many_requests|server_busy|connect_timeout)/);
    const { stdout } = await promisify(execFile)(process.execPath, [FLOOD, this.#world.url, String(forS)]);
    this.#tell(`the flood is over: ${stdout.trim()}`);
  }

  async #cutNetwork(forS: number): Promise<void> {
    this.#tell(`the long session's network is cut for ${Math.round(forS)} s`);
    this.#expect('outage', forS, /^long.*(connection_lost|server_unreachable|ECONN)/);
    this.#world.way.cut();
    await sleep(forS * 1000);
    this.#world.way.mend();
    this.#tell('the network is back');
  }
}
