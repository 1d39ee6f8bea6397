import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { Session } from '../../src/client/index.ts';
import { openSdkPage, type SdkScope } from '../../test/client/support/sdk-page.ts';
import { findBrowser, launchBrowser } from '../../test/support/browser.ts';
import { runningEngines } from '../../test/support/engine-processes.ts';
import type { TestServer } from '../../test/support/server.ts';
import { startBenchServer } from '../fixtures.ts';
import { atLeast, atMost, type Report, type Row } from '../report.ts';
import { processorMs } from './processor-time.ts';

const VIEWERS = 3;
/** Of WHEP; each process of theirs takes so many. */
const WHEP_VIEWERS = 50;
const WHEP_VIEWERS_OF_ONE = 10;
const SETTLE_MS = 8000;
const SECONDS = 12;

/** Processor time over time, in cores. */
interface Cores {
  /** The server's own process: connections. */
  server: number;
  /** Its engine processes: drawing and encoding. */
  engines: number;
  /** The viewers' processes, which share the machine. */
  viewers: number;
}

/** A way for viewers to come, and what shows that they see. */
interface Audience {
  /** @returns pictures that each of them has received since it was last called */
  grow(viewers: number): Promise<number[]>;
  /** Processes of theirs. */
  pids(): number[];
  close(): Promise<void>;
}

/** Viewers of one session at 512×512, 25 fps, beside its client, who speaks: what each further one costs. */
export async function benchViewers(): Promise<Report> {
  const rows: Row[] = [];
  const skipped: string[] = [];
  const server = await startBenchServer({ maxViewers: 2 * WHEP_VIEWERS });
  try {
    rows.push(...(await measure(server, 'WebSocket', async () => undefined)));
    rows.push(
      ...(await measure(server, 'WHEP', async (session) => whepAudience(server, session), {
        before: 1,
        viewers: WHEP_VIEWERS,
      })),
    );
    if (findBrowser()) {
      const browser = await launchBrowser();
      rows.push(
        ...(await measure(server, 'WebRTC', (session) => browserAudience(browser, server, session), {
          before: 1,
          viewers: 1 + VIEWERS,
        })),
      );
      await browser.close();
    } else skipped.push('WebRTC: no Chrome or Chromium was found');
  } finally {
    await server.close();
  }
  return {
    name: `E. Viewers of one session, 512×512, 25 fps, H.264, ${SECONDS} s each`,
    rows,
    skipped,
  };
}

async function measure(
  { vultus, url, avatar }: TestServer,
  route: string,
  open: (session: Session) => Promise<Audience | undefined>,
  { before, viewers } = { before: 0, viewers: VIEWERS },
): Promise<Row[]> {
  const session = await vultus.sessions.create({ avatarId: avatar.id });
  const sockets = await socketAudience(url, session.id);
  const audience = (await open(session)) ?? sockets;
  try {
    const alone = await costs(audience, before, SETTLE_MS);
    const watched = await costs(audience, viewers, SETTLE_MS);
    const { stats } = await session.refresh();
    const each = (part: keyof Cores) => (watched[part] - alone[part]) / (viewers - before);
    const received = watched.pictures.slice(-viewers);
    const text = ({ server, engines }: Cores) => `${server.toFixed(3)} + ${engines.toFixed(3)} cores`;
    return [
      { measure: `${route}: server + engines with ${before} viewers`, value: text(alone) },
      { measure: `${route}: the same with ${viewers} viewers`, value: text(watched) },
      atMost(`${route}: each further viewer, in the server`, each('server'), 0.02, 'cores'),
      // Comes and goes with how busy the machine is: where it is too busy, fewer pictures are drawn.
      { measure: '  the same in the engine', value: each('engines'), unit: 'cores' },
      atMost(`${route}: encoders with ${viewers} viewers`, stats?.encoders ?? Number.NaN, 1),
      { measure: "  the viewers' own processes", value: watched.viewers, unit: 'cores' },
      {
        measure: '  pictures, bitrate',
        value: `${stats?.fps.toFixed(1)} fps, ${stats?.bitrateKbps.toFixed(0)} kbit/s`,
      },
      atLeast('  pictures that the least viewer received', Math.min(...received) / SECONDS, 20, 'fps'),
    ];
  } finally {
    await audience.close();
    await sockets.close();
    await session.close();
  }
}

async function costs(
  audience: Audience,
  viewers: number,
  settleMs: number,
): Promise<Cores & { pictures: number[] }> {
  await audience.grow(viewers);
  await sleep(settleMs);
  await audience.grow(viewers);
  const engines = runningEngines().map(({ pid }) => pid!);
  const others = () => ({ engines: processorMs(engines), viewers: processorMs(audience.pids()) });
  const [own, before, startMs] = [process.cpuUsage(), others(), performance.now()];
  await sleep(SECONDS * 1000);
  const { user, system } = process.cpuUsage(own);
  const elapsedMs = performance.now() - startMs;
  const after = others();
  return {
    server: (user + system) / 1000 / elapsedMs,
    engines: (after.engines - before.engines) / elapsedMs,
    viewers: (after.viewers - before.viewers) / elapsedMs,
    pictures: await audience.grow(viewers),
  };
}

/** The client of the session too. */
async function socketAudience(url: string, session: string): Promise<Audience> {
  const child = fork(fileURLToPath(new URL('socket-viewers.ts', import.meta.url)), [url, session]);
  await once(child, 'message');
  return {
    async grow(viewers) {
      const answer = once(child, 'message');
      child.send(viewers);
      return (await answer)[0] as number[];
    },
    pids: () => [child.pid!],
    async close() {
      if (child.connected) child.disconnect();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** Peers of werift, in processes of their own. */
async function whepAudience({ url }: TestServer, session: Session): Promise<Audience> {
  const children: ChildProcess[] = [];
  const address = `${url}/v1/sessions/${session.id}/whep`;
  return {
    async grow(viewers) {
      while (children.length * WHEP_VIEWERS_OF_ONE < viewers) {
        const child = fork(fileURLToPath(new URL('whep-viewers.ts', import.meta.url)), [address]);
        children.push(child);
        await once(child, 'message');
      }
      const received: number[] = [];
      for (const [i, child] of children.entries()) {
        const answer = once(child, 'message');
        child.send(Math.min(WHEP_VIEWERS_OF_ONE, viewers - i * WHEP_VIEWERS_OF_ONE));
        received.push(...((await answer)[0] as number[]));
      }
      return received;
    },
    pids: () => children.map(({ pid }) => pid!),
    async close() {
      for (const child of children) child.disconnect();
      await Promise.all(children.map((child) => child.exitCode === null && once(child, 'exit')));
    },
  };
}

/** Each in a page of its own; several tabs of one page would share its decoder's thread. */
async function browserAudience(browser: Browser, { url }: TestServer, session: Session): Promise<Audience> {
  const pages: Page[] = [];
  const received: number[] = [];
  return {
    async grow(viewers) {
      while (pages.length < viewers) {
        const page = await openSdkPage(browser, url);
        pages.push(page);
        received.push(0);
        await page.evaluate(async (id) => {
          const scope = globalThis as unknown as SdkScope;
          document.body.innerHTML = '<video autoplay playsinline muted></video>';
          const watched = await new scope.sdk.Vultus().sessions.get(id);
          scope.live = await watched.connectWebRtc({ role: 'view', video: document.querySelector('video')! });
        }, session.id);
      }
      const totals = await Promise.all(pages.map(receivedPictures));
      const since = totals.map((total, i) => total - received[i]);
      received.splice(0, received.length, ...totals);
      return since;
    },
    // A browser's are many, and not known by name.
    pids: () => [],
    async close() {
      for (const page of pages) await page.close();
    },
  };
}

function receivedPictures(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { live } = globalThis as unknown as { live: { peer: RTCPeerConnection } };
    for (const report of (await live.peer.getStats()).values())
      if (report.type === 'inbound-rtp' && report.kind === 'video') return report.framesReceived as number;
    return 0;
  });
}
