import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { liveKitServerPath } from '../../src/setup/counterparts.mjs';
import { freePort } from './free-port.ts';

/** On a machine that is busy. */
const START_MS = 30_000;
const MOST_STARTS = 5;

/** Why there is no LiveKit server here, for `skipIf`; undefined where there is one. */
export const noLiveKitServer: string | undefined = existsSync(liveKitServerPath())
  ? undefined
  : 'no LiveKit server (npm test builds one where Go is; VULTUS_LIVEKIT_SERVER names one)';
if (noLiveKitServer) console.log(`Tests with LiveKit are skipped: ${noLiveKitServer}`);

interface Ports {
  readonly http: number;
  readonly tcp: number;
  readonly udp: number;
}

/** A LiveKit server on loopback, with ports and keys of its own, so that several run at once. */
export class LiveKitServer {
  /** For clients: `ws://127.0.0.1:…`. */
  readonly url: string;
  readonly apiKey = 'test-key';
  readonly apiSecret = 'a secret of the tests that is long enough';
  readonly #ports: Ports;
  readonly #process: ChildProcess;
  #output = '';

  private constructor(ports: Ports) {
    const { http, tcp, udp } = ports;
    this.#ports = ports;
    this.url = `ws://127.0.0.1:${http}`;
    const config = {
      port: http,
      bind_addresses: ['127.0.0.1'],
      keys: { [this.apiKey]: this.apiSecret },
      logging: { level: 'info' },
      rtc: { node_ip: '127.0.0.1', tcp_port: tcp, udp_port: udp, enable_loopback_candidate: true },
    };
    this.#process = spawn(liveKitServerPath(), ['--config-body', JSON.stringify(config)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (data) => {
        this.#output = (this.#output + data).slice(-100_000);
      });
  }

  /** @throws Error with the end of its log where it does not start */
  static async start(): Promise<LiveKitServer> {
    for (let left = MOST_STARTS; ; left--) {
      const ports = { http: await freePort(), tcp: await freePort(), udp: await freeUdpPort() };
      try {
        return await LiveKitServer.#startOn(ports);
      } catch (cause) {
        // Others look for ports at the same time.
        if (left <= 1 || !String(cause).includes('address already in use')) throw cause;
      }
    }
  }

  static async #startOn(ports: Ports): Promise<LiveKitServer> {
    const server = new LiveKitServer(ports);
    const url = `http://127.0.0.1:${ports.http}`;
    for (const start = performance.now(); performance.now() - start < START_MS; await sleep(50)) {
      if (server.#process.exitCode !== null) break;
      const answer = await fetch(url).catch(() => undefined);
      if (answer?.ok) return server;
    }
    await server.close();
    throw new Error(`the LiveKit server does not start: ${server.log.slice(-2000)}`);
  }

  /** The end of what it has said. */
  get log(): string {
    return this.#output;
  }

  /** A server on the same ports with the same keys, once this one is closed: the rooms are gone. */
  async startAgain(): Promise<LiveKitServer> {
    return LiveKitServer.#startOn(this.#ports);
  }

  /** Ends it at once: its clients notice by themselves. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
