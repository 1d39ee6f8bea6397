import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const USER = 'vultus';
const PASSWORD = 'relay';

/** Whether coturn is installed. */
export function hasTurnServer(): boolean {
  return spawnSync('turnserver', ['--version']).error === undefined;
}

/** A coturn of its own on this machine's first address: browsers use no loopback. */
export class TurnServer {
  readonly address: string;
  readonly port: number;
  readonly #process: ChildProcess;
  #output = '';

  private constructor(address: string, port: number) {
    this.address = address;
    this.port = port;
    this.#process = spawn(
      'turnserver',
      [
        ...[
          '--no-cli',
          '--no-tls',
          '--no-dtls',
          '--lt-cred-mech',
          '--fingerprint',
          '--log-file=stdout',
          '--verbose',
        ],
        ...['--realm=vultus.test', `--user=${USER}:${PASSWORD}`, '--pidfile=/dev/null', '--userdb=/dev/null'],
        ...[`--listening-ip=${address}`, `--relay-ip=${address}`, `--listening-port=${port}`],
        ...['--min-port=52000', '--max-port=52999', '--allowed-peer-ip=0.0.0.0-255.255.255.255'],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (data) => {
        this.#output += data;
      });
  }

  static async start(): Promise<TurnServer> {
    const address = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
    if (!address) throw new Error('this machine has no IPv4 address but loopback');
    const server = new TurnServer(address, await freePort(address));
    // What it prints comes late: its output is buffered.
    for (let i = 0; i < 100; i++) {
      if (await accepts(server.address, server.port)) return server;
      await sleep(50);
    }
    throw new Error(`turnserver does not start: ${server.#output.slice(-500)}`);
  }

  /** For a peer connection. */
  iceServer(transport: 'udp' | 'tcp'): { urls: string; username: string; credential: string } {
    const urls = `turn:${this.address}:${this.port}?transport=${transport}`;
    return { urls, username: USER, credential: PASSWORD };
  }

  close(): void {
    this.#process.kill('SIGKILL');
  }
}

function accepts(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function freePort(address: string): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, address, resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
