import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type LiveConnection, type Session, Vultus } from '../../src/client/index.ts';
import { stockedCache } from '../support/stocked-cache.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** So long nothing may come, on a machine that is busy. */
const MOST_STILL_MS = 10_000;

/** `vultus serve` in a process of its own, which may die, and a neighbour that must feel nothing of all that is tried. */
export class FuzzedServer {
  readonly #cacheDir: string;
  #child: ChildProcess | undefined;
  #lastWords = '';
  #url = '';
  #vultus: Vultus | undefined;
  #avatarId = '';
  #neighbour: LiveConnection | undefined;
  #neighbourId = '';
  #pictures = 0;
  readonly #harm: string[] = [];

  private constructor(cacheDir: string) {
    this.#cacheDir = cacheDir;
  }

  static async start(): Promise<FuzzedServer> {
    const server = new FuzzedServer(await stockedCache());
    await server.ensureRunning();
    return server;
  }

  /** Changes when it had to be started anew. */
  get url(): string {
    return this.#url;
  }

  /** Of the gallery. */
  get avatarId(): string {
    return this.#avatarId;
  }

  get neighbourId(): string {
    return this.#neighbourId;
  }

  get processId(): number {
    return this.#child!.pid!;
  }

  /** Another session, of small pictures. */
  openSession(): Promise<Session> {
    return this.#vultus!.sessions.create({ avatarId: this.#avatarId, size: 256 });
  }

  /** All but the neighbour's. */
  async closeOtherSessions(): Promise<void> {
    const response = await fetch(`${this.#url}/v1/sessions`);
    const { sessions } = (await response.json()) as { sessions: { id: string }[] };
    const others = sessions.filter(({ id }) => id !== this.#neighbourId);
    await Promise.all(others.map(({ id }) => fetch(`${this.#url}/v1/sessions/${id}`, { method: 'DELETE' })));
  }

  /** Starts it where it does not run, and its neighbour where that one was disturbed. */
  async ensureRunning(): Promise<void> {
    if (!this.#runs()) await this.#startProcess();
    if (!this.#neighbour || this.#harm.length > 0) await this.#moveIn();
  }

  /** @throws Error where the process has ended, or the neighbour was told of an error or gets nothing any more */
  async expectWell(): Promise<void> {
    const before = this.#pictures;
    for (const start = performance.now(); this.#pictures === before; await sleep(5)) {
      if (!this.#runs()) throw new Error(`the server has ended\n${this.#lastWords}`);
      if (this.#harm.length > 0) throw new Error(`the neighbour was disturbed: ${this.#harm.join(', ')}`);
      if (performance.now() - start > MOST_STILL_MS) {
        this.#harm.push('no pictures');
        throw new Error('the neighbour gets no pictures');
      }
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#neighbour?.close();
    const child = this.#child;
    if (child && this.#runs()) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    await rm(this.#cacheDir, { recursive: true, force: true });
  }

  #runs(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  async #startProcess(): Promise<void> {
    const flags = ['--port', '0', '--host', '127.0.0.1', '--cache-dir', this.#cacheDir, '--workers', '2'];
    // One address does all this, as fast as it can.
    for (const what of ['sessions', 'uploads', 'offers']) flags.push(`--${what}-per-minute`, '0');
    const child = spawn(process.execPath, [MAIN, 'serve', '--provider', 'cpu', ...flags]);
    this.#child = child;
    this.#neighbour = undefined;
    this.#lastWords = '';
    process.once('exit', () => child.kill('SIGKILL'));
    child.stderr.on('data', (text) => {
      this.#lastWords = (this.#lastWords + text).slice(-4000);
    });
    this.#url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (text) => {
        const [, url] = /Vultus is ready: (\S+)/.exec(String(text)) ?? [];
        if (url) resolve(url);
      });
      child.once('close', (code) =>
        reject(new Error(`the server does not start (${code})\n${this.#lastWords}`)),
      );
    });
    this.#vultus = new Vultus({ url: this.#url });
    const avatars = await this.#vultus.avatars.list();
    this.#avatarId = avatars.find(({ gallery }) => gallery)!.id;
  }

  async #moveIn(): Promise<void> {
    this.#neighbour?.close();
    this.#harm.length = 0;
    const session = await this.openSession();
    this.#neighbourId = session.id;
    const live = await session.connectWebSocket({ outputs: { video: true } });
    live.on('video', () => this.#pictures++);
    live.on('error', ({ code }) => this.#harm.push(code));
    live.on('closed', () => this.#neighbour === live && this.#harm.push('closed'));
    this.#neighbour = live;
  }
}
