import { readFileSync } from 'node:fs';
import type { FuzzedServer } from '../fuzzed-server.ts';

/** Of the server's process: some 400 with its models, and what peers may cost. */
const MOST_MEMORY_MB = 1500;

/** What peers may do to the server beside what its neighbour notices. */
export class ServerHealth {
  readonly #server: FuzzedServer;
  #url = '';
  /** As many as the server knows of already. */
  #failures = 0;

  constructor(server: FuzzedServer) {
    this.#server = server;
  }

  /** @throws Error where the server holds more than it should, or something was thrown that only its walls caught */
  async check(): Promise<void> {
    if (this.#url !== this.#server.url) this.#failures = 0;
    this.#url = this.#server.url;
    const metrics = await (await fetch(`${this.#url}/metrics`)).text();
    const failures = Number(/^vultus_errors_total\{code="internal"\} (\d+)/m.exec(metrics)?.[1] ?? 0);
    const known = this.#failures;
    this.#failures = failures;
    if (failures > known) throw new Error('something was thrown that nobody caught');
    this.#checkMemory();
  }

  #checkMemory(): void {
    const status =
      process.platform === 'linux' ? readFileSync(`/proc/${this.#server.processId}/status`, 'utf8') : '';
    const megabytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
    if (megabytes > MOST_MEMORY_MB) throw new Error(`the server holds ${Math.round(megabytes)} MB`);
  }
}
