import type { Browser, Page } from 'playwright-core';
import type { Browser as Firefox } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../../src/client/index.ts';
import { openBundledPage } from '../../client/support/sdk-page.ts';
import { launchBrowser } from '../../support/browser.ts';
import { findFirefox, launchFirefox } from '../../support/firefox.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { publish, whipMissing } from '../../support/whip-publisher.ts';
import type * as Players from './support/players.ts';

interface Scope {
  sdk: typeof Players;
  whep: InstanceType<typeof Players.WHEPClient> & { resourceURL: URL };
  whip: InstanceType<typeof Players.EyevinnWhip>;
  player: InstanceType<typeof Players.WebRTCPlayer>;
  peer: RTCPeerConnection;
}

const PATIENCE = { timeout: 30_000, interval: 200 };
const KEY = 'key-of-the-operator';
const noFirefox = findFirefox() ? undefined : 'no Firefox (VULTUS_FIREFOX names one)';
for (const missing of [noFirefox, whipMissing])
  if (missing) console.log(`Some tests of WHIP and WHEP are skipped: ${missing}`);

let server: TestServer;
let session: Session;

beforeAll(async () => {
  server = await startTestServer({ apiKey: KEY });
}, 60_000);
afterAll(() => server?.close());
beforeEach(async () => {
  session = await server.vultus.sessions.create({ avatarId: server.avatar.id, size: 256 });
});
afterEach(() => session.close());

const ask = async (path: string, init: RequestInit = {}) =>
  fetch(`${server.url}${path}`, { ...init, headers: { authorization: `Bearer ${KEY}`, ...init.headers } });

/** For whoever watches. */
async function viewToken(): Promise<string> {
  const answer = await ask(`/v1/sessions/${session.id}/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ role: 'view' }),
  });
  return ((await answer.json()) as { token: string }).token;
}

async function peers(kind: string): Promise<number> {
  const metrics = await (await ask('/metrics')).text();
  return Number(new RegExp(`vultus_connections\\{route="${kind}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0);
}

const state = async () => (await session.refresh()).state;

describe('players and publishers of others, in Chromium', { timeout: 90_000 }, () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    page = await openBundledPage(browser, server.url, new URL('./support/players.ts', import.meta.url));
    await page.evaluate(() => {
      document.body.innerHTML = '<video autoplay playsinline muted></video>';
    });
  });
  afterEach(() => page.close());

  const shown = () =>
    page.evaluate(() => {
      const video = document.querySelector('video')!;
      return { width: video.videoWidth, seconds: video.currentTime };
    });
  /** Until it goes on from where it is now. */
  async function plays(): Promise<void> {
    const { seconds } = await shown();
    await expect.poll(async () => (await shown()).seconds, PATIENCE).toBeGreaterThan(seconds + 0.5);
  }

  /** As RFC 9725 §4.3.3 has it: whip-whep 1.2.0 joins several candidates with a comma between them. */
  const restartIce = (token: string) =>
    page.evaluate(async (token) => {
      const { peer, whep } = globalThis as unknown as Scope;
      peer.onicecandidate = null;
      await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
      const offered = peer.localDescription!.sdp.match(/^a=ice-(ufrag|pwd):.*$/gm)!.slice(0, 2);
      const answer = await fetch(whep.resourceURL, {
        method: 'PATCH',
        headers: {
          'content-type': 'application/trickle-ice-sdpfrag',
          'if-match': '*',
          authorization: `Bearer ${token}`,
        },
        body: offered.join('\r\n'),
      });
      const fragment = await answer.text();
      const found = (name: string) => new RegExp(`^a=${name}:.*$`, 'gm');
      const lines = (name: string) => fragment.match(found(name))!;
      const sdp = peer
        .remoteDescription!.sdp.replace(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '')
        .replace(found('ice-ufrag'), lines('ice-ufrag')[0])
        .replace(found('ice-pwd'), lines('ice-pwd')[0])
        .replace(/^a=mid:.*$/m, (mid) => [mid, ...lines('candidate')].join('\r\n'));
      await peer.setRemoteDescription({ type: 'answer', sdp });
      return answer.status;
    }, token);

  it('whip-whep plays WHEP, restarts ICE, and leaves', async () => {
    const url = `${server.url}/v1/sessions/${session.id}/whep`;
    const token = await viewToken();
    await page.evaluate(
      async ([url, token]) => {
        const scope = globalThis as unknown as Scope;
        scope.peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
        const stream = new MediaStream();
        scope.peer.ontrack = ({ track }) => stream.addTrack(track);
        document.querySelector('video')!.srcObject = stream;
        for (const kind of ['audio', 'video']) scope.peer.addTransceiver(kind, { direction: 'recvonly' });
        scope.whep = new scope.sdk.WHEPClient() as Scope['whep'];
        await scope.whep.view(scope.peer, url, token);
      },
      [url, token] as const,
    );
    await plays();
    expect((await shown()).width).toBe(256);
    expect(await peers('whep')).toBe(1);
    expect(await restartIce(token)).toBe(200);
    await plays();
    await page.evaluate(() => (globalThis as unknown as Scope).whep.stop());
    await expect.poll(() => peers('whep'), PATIENCE).toBe(0);
  });

  it('@eyevinn/webrtc-player plays WHEP by an address that carries its token, and hears who speaks', async () => {
    await page.evaluate(
      async (url) => {
        const scope = globalThis as unknown as Scope;
        const video = document.querySelector('video')!;
        scope.player = new scope.sdk.WebRTCPlayer({ video, type: 'whep', iceServers: [] });
        await scope.player.load(new URL(url));
      },
      `${server.url}/v1/sessions/${session.id}/whep?token=${await viewToken()}`,
    );
    await plays();
    await page.evaluate(() => (globalThis as unknown as Scope).player.unload());
    await expect.poll(() => peers('whep'), PATIENCE).toBe(0);
  });

  it('@eyevinn/whip-web-client is the voice of the avatar, or of its user', async () => {
    const publishing = (query: string) =>
      page.evaluate(
        async ([endpoint, authkey]) => {
          const scope = globalThis as unknown as Scope;
          scope.whip = new scope.sdk.EyevinnWhip({ endpoint, opts: { authkey, iceServers: [] } });
          // A camera too: its pictures are not wanted, and do no harm.
          const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
          await scope.whip.ingest(stream);
        },
        [`${server.url}/v1/sessions/${session.id}/whip${query}`, KEY] as const,
      );
    await publishing('');
    await expect.poll(state, PATIENCE).toBe('speaking');
    await page.evaluate(() => (globalThis as unknown as Scope).whip.destroy());
    await expect.poll(() => peers('whip'), PATIENCE).toBe(0);
    await publishing('?voiceInput=listen');
    await expect.poll(() => peers('whip-user'), PATIENCE).toBe(1);
    await expect.poll(state, PATIENCE).not.toBe('speaking');
  });

  it.skipIf(whipMissing)('what FFmpeg publishes is spoken, and heard by a player', async () => {
    const publisher = await publish(`${server.url}/v1/sessions/${session.id}/whip`, KEY, 'video');
    try {
      await expect.poll(state, PATIENCE).toBe('speaking');
      await page.evaluate(
        async ([url, token]) => {
          const scope = globalThis as unknown as Scope;
          scope.peer = new RTCPeerConnection();
          const stream = new MediaStream();
          scope.peer.ontrack = ({ track }) => stream.addTrack(track);
          const video = document.querySelector('video')!;
          video.srcObject = stream;
          video.muted = false;
          for (const kind of ['audio', 'video']) scope.peer.addTransceiver(kind, { direction: 'recvonly' });
          await new scope.sdk.WHEPClient().view(scope.peer, url, token);
        },
        [`${server.url}/v1/sessions/${session.id}/whep`, await viewToken()] as const,
      );
      const energy = () =>
        page.evaluate(async () => {
          const { peer } = globalThis as unknown as Scope;
          for (const report of (await peer.getStats()).values())
            if (report.type === 'inbound-rtp' && report.kind === 'audio')
              return report.totalAudioEnergy as number;
          return 0;
        });
      await expect.poll(energy, PATIENCE).toBeGreaterThan(0.01);
    } finally {
      await publisher.close();
    }
  });
});

describe.skipIf(noFirefox)('Firefox', { timeout: 90_000 }, () => {
  let firefox: Firefox;
  beforeAll(async () => {
    firefox = await launchFirefox();
  }, 60_000);
  afterAll(() => firefox?.close());

  it('watches by WHEP with a plain RTCPeerConnection', async () => {
    const page = await firefox.newPage();
    await page.goto(`${server.url}/healthz`);
    const status = await page.evaluate(
      async (url) => {
        document.body.innerHTML = '<video autoplay playsinline muted></video>';
        const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
        const stream = new MediaStream();
        peer.ontrack = ({ track }) => stream.addTrack(track);
        document.querySelector('video')!.srcObject = stream;
        for (const kind of ['audio', 'video']) peer.addTransceiver(kind, { direction: 'recvonly' });
        await peer.setLocalDescription();
        const body = peer.localDescription!.sdp;
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/sdp' },
          body,
        });
        await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
        (globalThis as unknown as Scope).peer = peer;
        return answer.status;
      },
      `${server.url}/v1/sessions/${session.id}/whep?token=${await viewToken()}`,
    );
    expect(status).toBe(201);
    const seconds = () => page.evaluate(() => document.querySelector('video')!.currentTime);
    await expect.poll(seconds, PATIENCE).toBeGreaterThan(0.5);
    await page.evaluate(() => (globalThis as unknown as Scope).peer.close());
    await page.close();
    await expect.poll(() => peers('whep'), PATIENCE).toBe(0);
  });
});
