import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const JANUS = process.env.VULTUS_JANUS ?? '/usr/bin/janus';
/** A folder with `src/server.js` of Debian's package, and its modules beside it or where Debian has them. */
const WHIP_SERVER = process.env.VULTUS_SIMPLE_WHIP_SERVER ?? '/usr/share/simple-whip-server';
/** On a machine that is busy. */
const START_MS = 60_000;

/** Why there is no Janus that takes WHIP here, for `skipIf`; undefined where there is one. */
export const noJanus: string | undefined = [JANUS, join(WHIP_SERVER, 'src/server.js')].every(existsSync)
  ? undefined
  : 'no janus and simple-whip-server (of Debian; VULTUS_JANUS and VULTUS_SIMPLE_WHIP_SERVER name others)';
if (noJanus) console.log(`Tests with Janus are skipped: ${noJanus}`);

/** What Janus has recorded of one track. */
export interface Recording {
  codec: string;
  /** RTP packets (RFC 3550). */
  packets: Buffer[];
}

/** Janus and its WHIP server on loopback, with one room that is recorded. */
export class Janus {
  readonly #folder: string;
  readonly #processes: ChildProcess[] = [];
  /** Of the WHIP endpoint, which asks for this token. */
  readonly token = 'a-token';
  #url = '';

  private constructor(folder: string) {
    this.#folder = folder;
  }

  get url(): string {
    return `${this.#url}/endpoint/studio`;
  }

  static async start(): Promise<Janus> {
    const janus = new Janus(await mkdtemp(join(tmpdir(), 'vultus-janus-')));
    try {
      await janus.#start();
      return janus;
    } catch (cause) {
      await janus.close();
      throw cause;
    }
  }

  /** To be called when the publisher has left. */
  async recordings(): Promise<Recording[]> {
    const files = (await readdir(join(this.#folder, 'recordings'))).filter((name) => name.endsWith('.mjr'));
    return Promise.all(
      files.map(async (name) => readRecording(await readFile(join(this.#folder, 'recordings', name)))),
    );
  }

  async close(): Promise<void> {
    for (const child of this.#processes.reverse()) {
      const exited = child.exitCode !== null || child.signalCode !== null || once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const [socketPort, httpPort] = [await freePort(), await freePort()];
    await this.#configure(socketPort, httpPort);
    this.#spawn(JANUS, ['-F', this.#folder, '-C', join(this.#folder, 'janus.jcfg')]);
    this.#spawn(process.execPath, ['src/server.js']);
    this.#url = `http://127.0.0.1:${httpPort}/whip`;
    const body = JSON.stringify({ id: 'studio', room: 1, token: this.token });
    for (const until = performance.now() + START_MS; ; await sleep(200)) {
      const headers = { 'content-type': 'application/json' };
      const made = await fetch(`${this.#url}/create`, { method: 'POST', headers, body }).catch(
        () => undefined,
      );
      if (made?.ok) break;
      if (performance.now() > until) throw new Error('Janus and its WHIP server do not start');
    }
  }

  async #configure(socketPort: number, httpPort: number): Promise<void> {
    const folder = this.#folder;
    await mkdir(join(folder, 'recordings'));
    await cp(join(WHIP_SERVER, 'src'), join(folder, 'src'), {
      recursive: true,
      filter: (path) => !path.endsWith('config.js'),
    });
    const files = {
      'janus.jcfg': `general: { configs_folder = "${folder}" }\ntransports: { disable = "${OTHER_TRANSPORTS}" }\nplugins: { disable = "${OTHER_PLUGINS}" }`,
      'janus.transport.websockets.jcfg': `general: { ws = true\nws_port = ${socketPort}\nws_ip = "127.0.0.1"\nwss = false }`,
      'janus.plugin.videoroom.jcfg': `room-1: { description = "Studio"\npublishers = 2\nrecord = true\nrec_dir = "${folder}/recordings"\naudiocodec = "opus"\nvideocodec = "h264" }`,
      'src/config.js': `module.exports = { janus: { address: 'ws://127.0.0.1:${socketPort}' }, port: ${httpPort}, rest: '/whip', allowTrickle: true, strictETags: true, iceServers: [] };`,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  }

  #spawn(program: string, args: string[]): void {
    const modules = [join(WHIP_SERVER, 'node_modules'), '/usr/share/nodejs'].join(':');
    const env = { ...process.env, NODE_PATH: modules, NODE_OPTIONS: '' };
    this.#processes.push(spawn(program, args, { cwd: this.#folder, env, stdio: 'ignore' }));
  }
}

const OTHER_TRANSPORTS = ['http', 'mqtt', 'nanomsg', 'pfunix', 'rabbitmq']
  .map((name) => `libjanus_${name}.so`)
  .join(',');
const OTHER_PLUGINS = [
  ...['audiobridge', 'duktape', 'echotest', 'lua', 'nosip', 'recordplay'],
  ...['sip', 'streaming', 'textroom', 'videocall', 'voicemail'],
]
  .map((name) => `libjanus_${name}.so`)
  .join(',');

/** Janus' own format: a header `MJR00002` with JSON, then records `MEET`, time, length, RTP. */
function readRecording(file: Buffer): Recording {
  const jsonBytes = file.readUInt16BE(8);
  const { c: codec } = JSON.parse(file.toString('utf8', 10, 10 + jsonBytes)) as { c: string };
  const packets: Buffer[] = [];
  for (let at = 10 + jsonBytes; at + 10 <= file.length; ) {
    const bytes = file.readUInt16BE(at + 8);
    packets.push(file.subarray(at + 10, at + 10 + bytes));
    at += 10 + bytes;
  }
  return { codec, packets };
}
