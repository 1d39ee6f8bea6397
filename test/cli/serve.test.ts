import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LiveConnection, type Session, Vultus } from '../../src/client/index.ts';
import { stockedCache } from '../support/stocked-cache.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** The first start analyses the gallery; several starts on a busy machine take their time. */
const SLOW_MS = 180_000;

/** The server as a process of its own, as a supervisor sees it. */
describe('vultus serve', () => {
  let cacheDir: string;
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    cacheDir = await stockedCache();
  });
  afterEach(() => child?.kill('SIGKILL'));
  afterAll(() => rm(cacheDir, { recursive: true }));

  async function serve(...flags: string[]) {
    return serveWith([], ...flags);
  }

  async function serveWith(nodeFlags: string[], ...flags: string[]) {
    const common = ['--port', '0', '--host', '127.0.0.1', '--cache-dir', cacheDir, '--workers', '1'];
    child = spawn(process.execPath, [...nodeFlags, main, 'serve', ...common, '--provider', 'cpu', ...flags]);
    const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
    let out = '';
    const url = await new Promise<string>((resolve, reject) => {
      child!.stdout!.on('data', (text) => {
        out += text;
        const ready = /Vultus is ready: (\S+)/.exec(out);
        if (ready) resolve(ready[1]);
      });
      void exit.then(([code]) => reject(new Error(`ended with ${code}: ${out}`)));
    });
    const vultus = new Vultus({ url });
    return { child, exit, url, vultus, out: () => out };
  }

  async function speak(vultus: Vultus): Promise<{ session: Session; live: LiveConnection }> {
    const [{ id: avatarId }] = await vultus.avatars.list();
    const session = await vultus.sessions.create({ avatarId, size: 256, latency: 'low' });
    return { session, live: await session.connectWebSocket() };
  }

  it('lets a running session finish after SIGTERM, and takes no new one', { timeout: SLOW_MS }, async () => {
    const server = await serve();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const { session, live } = await speak(server.vultus);
    const warned = new Promise<string>((resolve) => live.on('warning', ({ code }) => resolve(code)));
    server.child.kill('SIGTERM');
    expect(await warned).toBe('shutting_down');

    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ code: 'shutting_down' });
    const health = await fetch(`${server.url}/healthz`);
    expect([health.status, await health.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'draining' }),
    ]);
    const refused = await fetch(`${server.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ avatarId: session.info.avatarId }),
    });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'shutting_down' });

    // The running one goes on as before, from start to end of an utterance.
    const ended = new Promise<number>((resolve) =>
      live.on('speech.ended', ({ playedMs }) => resolve(playedMs)),
    );
    live.speak(Float32Array.from({ length: 24_000 }, (_, i) => 0.2 * Math.sin(i / 20)));
    live.endSpeech();
    expect(await ended).toBeCloseTo(1000, 0);
    await session.close();
    expect(await server.exit).toEqual([0, null]);
    expect(server.out()).toContain('one session finishes');
  });

  it('ends what does not finish in its drain time, and says so', { timeout: SLOW_MS }, async () => {
    const server = await serve('--drain-s', '1');
    const { live } = await speak(server.vultus);
    const closed = new Promise((resolve) => live.on('closed', ({ error }) => resolve(error?.code)));
    server.child.kill('SIGTERM');
    expect(await closed).toBe('shutting_down');
    expect(await server.exit).toEqual([0, null]);
  });

  it('ends at once at a second signal, and without sessions at the first', { timeout: SLOW_MS }, async () => {
    const server = await serve('--drain-s', '600');
    const { live } = await speak(server.vultus);
    const warned = new Promise((resolve) => live.on('warning', resolve));
    for (const _ of [1, 2]) await new Promise((resolve) => live.once('stats', resolve));
    server.child.kill('SIGTERM');
    await warned;
    const reason = new Promise((resolve) => live.on('closed', ({ error }) => resolve(error?.code)));
    server.child.kill('SIGINT');
    expect(await server.exit).toEqual([130, null]);
    expect(await reason).toBe('shutting_down');

    const idle = await serve('--drain-s', '600');
    idle.child.kill('SIGINT');
    expect(await idle.exit).toEqual([0, null]);
  });

  it('tells peers, and ends with a failure, when nobody has caught an exception', {
    timeout: SLOW_MS,
  }, async () => {
    const mistake = `process.on('SIGUSR2', () => { throw new Error('a mistake of our own'); })`;
    const server = await serveWith(['--import', `data:text/javascript,${encodeURIComponent(mistake)}`]);
    const { session } = await speak(server.vultus);
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/sessions/${session.id}/stream`);
    const close = once(socket, 'close') as Promise<[CloseEvent]>;
    await once(socket, 'open');
    server.child.kill('SIGUSR2');
    const [{ code, reason }] = await close;
    expect([code, reason]).toEqual([1011, expect.stringContaining('internal')]);
    expect(await server.exit).toEqual([1, null]);
    expect(server.out()).toContain('a mistake of our own');
  });

  it('goes on, and ends as it should, when nobody reads its log any more', { timeout: SLOW_MS }, async () => {
    const server = await serve();
    server.child.stdout!.destroy();
    for (const _ of [1, 2]) {
      const { session } = await speak(server.vultus);
      await session.close();
    }
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.exit).toEqual([0, null]);
  });
});
