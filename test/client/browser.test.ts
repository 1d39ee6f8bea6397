import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Link } from '../../bench/network/link.ts';
import type { VideoCodec } from '../../src/contract/formats.ts';
import { launchBrowser } from '../support/browser.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import type { ScriptedSession } from '../support/scripted-session.ts';
import { playMedia, shownBrightness } from './support/played-media.ts';
import { openSdkPage, type SdkScope } from './support/sdk-page.ts';

const SIZE = 256;
const ENOUGH_MS = 20_000;
let browser: Browser;
let server: Awaited<ReturnType<typeof scriptedServer>>;
let url: string;
let page: Page;
let stopMedia: (() => void) | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser?.close());

beforeEach(async () => {
  server = await scriptedServer();
  url = await server.listen();
  page = await openSdkPage(browser, url);
}, 60_000);
afterEach(async () => {
  stopMedia?.();
  stopMedia = undefined;
  await page?.close();
  await server.close();
});

/** Opens a session as the SDK does, from the page, and connects it. */
async function connect(route: 'webrtc' | 'websocket', codec: VideoCodec): Promise<ScriptedSession> {
  await page.evaluate(
    async ({ route, codec, size }) => {
      const scope = globalThis as unknown as SdkScope;
      const session = await new scope.sdk.Vultus().sessions.create({ avatarId: 'own', size, codec });
      document.body.innerHTML = '<video autoplay playsinline></video><canvas></canvas>';
      scope.live =
        route === 'webrtc'
          ? await session.connectWebRtc({ video: document.querySelector('video')! })
          : await session.connectWebSocket();
      scope.live.on('closed', ({ error }) => {
        scope.ended = error?.code ?? 'normal';
      });
    },
    { route, codec, size: SIZE },
  );
  return [...server.sessions.values()][0];
}

function play(session: ScriptedSession, brightness: (frame: number) => number): void {
  stopMedia = playMedia(session, SIZE, brightness);
}

const shown = (selector: 'video' | 'canvas') => shownBrightness(page, selector);

test.each(['h264', 'vp8'] as const)(
  'WebSocket and WebCodecs: %s pictures and voice are played, and the end is told',
  async (codec) => {
    const session = await connect('websocket', codec);
    await page.evaluate(async () => {
      const { sdk, live } = globalThis as unknown as SdkScope;
      const player = await sdk.attachWebCodecs(live, document.querySelector('canvas')!);
      Object.assign(globalThis, { player });
    });
    await expect.poll(() => session.calls).toContain('requestKeyFrame');
    let level = 60;
    play(session, () => level);
    // 60 and 200 in limited range are 51 and 214 on the screen.
    await expect.poll(() => shown('canvas'), { timeout: ENOUGH_MS }).toBeGreaterThan(40);
    expect(await shown('canvas')).toBeLessThan(62);
    level = 200;
    await expect.poll(() => shown('canvas'), { timeout: ENOUGH_MS }).toBeGreaterThan(204);
    const drawn = () =>
      page.evaluate(() => (globalThis as unknown as { player: { framesDrawn: number } }).player.framesDrawn);
    const before = await drawn();
    await expect.poll(drawn, { timeout: ENOUGH_MS }).toBeGreaterThan(before + 10);
    session.close();
    await expect
      .poll(() => page.evaluate(() => (globalThis as unknown as SdkScope).ended))
      .toBe('session_closed');
  },
  60_000,
);

test('WebCodecs: voice that cannot be decoded is told, and the rest is played', async () => {
  const session = await connect('websocket', 'h264');
  await page.evaluate(async () => {
    const { sdk, live } = globalThis as unknown as SdkScope;
    const errors: string[] = [];
    live.on('error', ({ code }) => errors.push(code));
    const player = await sdk.attachWebCodecs(live, document.querySelector('canvas')!);
    Object.assign(globalThis, { player, errors });
  });
  const errors = () => page.evaluate(() => (globalThis as unknown as { errors: string[] }).errors);
  // 63 frames of 20 ms: no packet may be longer than 120 ms (RFC 6716 §3.4).
  session.deliver({ kind: 'voice', mediaTimeMs: 0, epoch: 0, data: new Uint8Array([0xff, 0x3f, 1, 2, 3]) });
  await expect.poll(errors, { timeout: ENOUGH_MS }).toEqual(['voice_undecodable']);
  play(session, () => 60);
  await expect.poll(() => shown('canvas'), { timeout: ENOUGH_MS }).toBeGreaterThan(40);
  expect(await errors()).toEqual(['voice_undecodable']);
}, 60_000);

test('WebRTC: pictures on the video element, messages both ways, a microphone that comes and goes', async () => {
  const session = await connect('webrtc', 'h264');
  let level = 60;
  play(session, () => level);
  await expect.poll(() => shown('video'), { timeout: ENOUGH_MS }).toBeGreaterThan(40);
  level = 200;
  await expect.poll(() => shown('video'), { timeout: ENOUGH_MS }).toBeGreaterThan(200);

  await page.evaluate(() => {
    const { live } = globalThis as unknown as SdkScope;
    live.speak(new Float32Array(24_000).fill(0.25));
    live.endSpeech();
    live.interrupt();
    live.setControls({ distance: 0.25 });
    return live.ping();
  });
  expect(session.calls).toEqual(
    expect.arrayContaining(['endSpeech', 'interrupt', 'setControls {"distance":0.25}']),
  );
  expect(
    session.voice.flatMap((samples) => [...samples]).some((sample) => Math.abs(sample - 0.25) < 0.01),
  ).toBe(true);

  session.voice.length = 0;
  await page.evaluate(async () => {
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    await (globalThis as unknown as SdkScope).live.setMicrophone(microphone);
  });
  // Chromium's fake microphone beeps.
  await expect
    .poll(() => session.voice.some((samples) => samples.some((sample) => Math.abs(sample) > 0.05)), {
      timeout: ENOUGH_MS,
    })
    .toBe(true);
  await page.evaluate(() => (globalThis as unknown as SdkScope).live.setMicrophone(null));

  session.close();
  await expect
    .poll(() => page.evaluate(() => (globalThis as unknown as SdkScope).ended), { timeout: ENOUGH_MS })
    .toBe('session_closed');
}, 60_000);

test('WebRTC: where the way through the network is gone, another one is found', async () => {
  const links: Link[] = [];
  // The server and the page see each other through a link; each offer gets one of its own.
  await page.route('**/webrtc', async (route) => {
    const link = new Link(links.length);
    links.push(link);
    const offer = route.request().postDataJSON() as { sdp: string };
    const response = await route.fetch({ postData: { ...offer, sdp: link.passOffer(offer.sdp) } });
    const answer = (await response.json()) as { sdp: string };
    await route.fulfill({ response, json: { ...answer, sdp: await link.passAnswer(answer.sdp) } });
  });
  try {
    const session = await connect('webrtc', 'h264');
    play(session, () => 200);
    await expect.poll(() => shown('video'), { timeout: ENOUGH_MS }).toBeGreaterThan(180);
    links[0].set({ down: true });
    await expect.poll(() => links.length, { timeout: ENOUGH_MS }).toBeGreaterThan(1);
    await expect
      .poll(
        () =>
          page.evaluate(() => {
            const { live } = globalThis as unknown as { live: { peer: RTCPeerConnection } };
            return live.peer.iceConnectionState;
          }),
        { timeout: ENOUGH_MS },
      )
      .toBe('connected');
    stopMedia?.();
    play(session, () => 60);
    await expect.poll(() => shown('video'), { timeout: ENOUGH_MS }).toBeLessThan(62);
    await page.evaluate(() => (globalThis as unknown as SdkScope).live.ping());
  } finally {
    for (const link of links) await link.close();
  }
}, 90_000);

test('WebRTC: where the session is gone beside the network, it ends with the first word of the server', async () => {
  let link: Link | undefined;
  let restarts = 0;
  await page.route('**/webrtc', async (route) => {
    if (route.request().method() === 'PATCH') {
      restarts++;
      return route.continue();
    }
    link = new Link(1);
    const offer = route.request().postDataJSON() as { sdp: string };
    const response = await route.fetch({ postData: { ...offer, sdp: link.passOffer(offer.sdp) } });
    const answer = (await response.json()) as { sdp: string };
    return route.fulfill({ response, json: { ...answer, sdp: await link.passAnswer(answer.sdp) } });
  });
  try {
    const session = await connect('webrtc', 'h264');
    link!.set({ down: true });
    session.close();
    await expect
      .poll(() => page.evaluate(() => (globalThis as unknown as SdkScope).ended), { timeout: 40_000 })
      .toBe('session_not_found');
    expect(restarts).toBe(1);
  } finally {
    await link?.close();
  }
}, 90_000);

test('WebSocket: a microphone is captured in the page and arrives as voice', async () => {
  const session = await connect('websocket', 'h264');
  await page.evaluate(async () => {
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    await (globalThis as unknown as SdkScope).live.setMicrophone(microphone);
  });
  await expect
    .poll(() => session.voice.some((samples) => samples.some((sample) => Math.abs(sample) > 0.05)), {
      timeout: ENOUGH_MS,
    })
    .toBe(true);
  await page.evaluate(() => (globalThis as unknown as SdkScope).live.close());
  expect(await page.evaluate(() => (globalThis as unknown as SdkScope).ended)).toBe('normal');
}, 60_000);

test('codec auto is H.264 for a browser that can show it', async () => {
  const [chosen, shown] = await page.evaluate(async () => {
    const { sdk } = globalThis as unknown as SdkScope;
    const session = await new sdk.Vultus().sessions.create({ avatarId: 'own', codec: 'auto' });
    const live = await session.connectWebSocket();
    live.close();
    return [session.info.settings?.codec, live.ready.video.codec];
  });
  expect(chosen).toBe('auto');
  expect(shown).toMatch(/^avc1\./);
});

test('errors of both routes carry the code of the server in a browser, too', async () => {
  const codes = await page.evaluate(async () => {
    const { sdk } = globalThis as unknown as SdkScope;
    const vultus = new sdk.Vultus();
    const session = await vultus.sessions.create({ avatarId: 'own' });
    const code = (attempt: Promise<unknown>) =>
      attempt.then(
        () => 'none',
        (error: { code: string }) => error.code,
      );
    const first = await session.connectWebSocket();
    const replaced = new Promise<string | undefined>((resolve) =>
      first.on('closed', ({ error }) => resolve(error?.code)),
    );
    await session.connectWebSocket();
    await session.close();
    return [
      await replaced,
      await code(session.connectWebSocket()),
      await code(session.connectWebRtc()),
      await code(vultus.sessions.create({ avatarId: 'nobody' })),
      await code(vultus.avatars.create(new Blob([]))),
    ];
  });
  expect(codes).toEqual([
    'session_taken_over',
    'session_not_found',
    'session_not_found',
    'avatar_not_found',
    'portrait_not_an_image',
  ]);
});
