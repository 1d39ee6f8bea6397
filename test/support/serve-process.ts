import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../../src/config.ts';
import { stockedCache } from './stocked-cache.ts';

/** `vultus serve` in a process of its own, that a test may end in whatever way. */
export class ServeProcess {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #cacheDir: string;

  private constructor(url: string, child: ChildProcess, cacheDir: string) {
    this.url = url;
    this.#process = child;
    this.#cacheDir = cacheDir;
  }

  /** Resolves when it is ready. Rejects, with what it said, where it ends before. */
  static async start(args: readonly string[], env: Record<string, string> = {}): Promise<ServeProcess> {
    const cacheDir = await stockedCache();
    const own = ['--host', '127.0.0.1', '--port', '0', '--cache-dir', cacheDir, '--provider', 'cpu'];
    const child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), 'serve', ...own, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stdout! })) {
      said.push(line);
      const url = /Vultus is ready: (http\S+)/.exec(line)?.[1];
      if (!url) continue;
      child.stdout!.resume();
      return new ServeProcess(url, child, cacheDir);
    }
    throw new Error(`the server has ended: ${said.join('\n')}`);
  }

  /** Live sessions, as it says itself. */
  async sessionCount(): Promise<number> {
    const { sessions } = (await (await fetch(`${this.url}/healthz`)).json()) as { sessions: number };
    return sessions;
  }

  /** @returns its exit status, undefined where a signal ended it */
  async end(signal: NodeJS.Signals): Promise<number | undefined> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill(signal);
      await once(this.#process, 'exit');
    }
    return this.#process.exitCode ?? undefined;
  }

  async close(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.#cacheDir, { recursive: true, force: true });
  }
}
