import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { VultusError } from '../../src/errors.ts';
import { launchBrowser } from '../support/browser.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { tone } from '../support/signals.ts';
import { wavFile } from '../support/wav.ts';
import { DemoPage } from './support/demo-page.ts';

const ENOUGH_MS = 15_000;
const VOICE = wavFile(
  tone(48_000, 1.5, (t) => 0.3 * Math.sin(t * 2000)),
  48_000,
);
let browser: Browser;
let demo: DemoPage;
let server: Awaited<ReturnType<typeof scriptedServer>>;
let page: Page;
let foreign: string[];
let failures: string[];

beforeAll(async () => {
  browser = await launchBrowser();
  demo = await DemoPage.build();
}, 60_000);
afterAll(() => browser?.close());

beforeEach(async () => {
  server = await scriptedServer();
  const url = await server.listen();
  // The page itself comes from the test, which to the browser is not this machine.
  const permissions = ['local-network-access', 'microphone'];
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, permissions });
  failures = [];
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) failures.push(message.text());
  });
  foreign = await demo.open(page, url, { 'Low.wav': VOICE, 'High.wav': VOICE });
}, 60_000);
afterEach(async () => {
  await page?.close();
  await server.close();
  expect(failures).toEqual([]);
  expect(foreign).toEqual([]);
});

const session = () => [...server.sessions.values()][0];
const start = () => page.getByRole('button', { name: 'Start', exact: true });

test.each(['WebRTC', 'WebSocket'])(
  'by %s: start, speak a sample, steer, interrupt, stop',
  async (route) => {
    await page.getByText(route, { exact: true }).click();
    await page.getByText('The own one').click();
    await start().click();
    await page.getByText('AI-generated').waitFor();
    expect(session().settings).toMatchObject({
      ...{ avatarId: 'own', width: 512, height: 512, fit: 'portrait' },
      ...{ fps: 25, codec: 'auto' },
    });
    // The sample goes out by itself, whole and with its end.
    await expect.poll(() => session().calls, { timeout: ENOUGH_MS }).toContain('endSpeech');
    const spoken = session().voice.reduce((sum, { length }) => sum + length, 0);
    expect(Math.abs(spoken / 48_000 - 1.5)).toBeLessThan(0.05);

    await page.getByRole('slider', { name: 'Gaze direction' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('Surprised').click();
    await page.getByRole('slider', { name: 'Blinks' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('button', { name: 'Interrupt' }).click();
    await expect
      .poll(() => session().calls)
      .toEqual(
        expect.arrayContaining([
          'setControls {"gaze":{"yaw":0.05,"pitch":0}}',
          'setControls {"emotion":{"surprised":0.7}}',
          'setControls {"blinkRate":18}',
          'interrupt',
        ]),
      );

    session().emit('stats', { ...session().stats, fps: 24.5, framesSent: 99, framesLate: 1 });
    await page.getByText('24.5', { exact: false }).waitFor();
    await page.getByText('1 · 1.0 %').waitFor();
    const caption = page.locator('#stage-caption');
    const times = { startMs: 0, endMs: 300, mediaTimeMs: 0 };
    session().emit('speech.word', { utterance: 1, index: 0, text: 'Good', ...times });
    session().emit('speech.word', { utterance: 1, index: 1, text: 'morning', ...times });
    await expect.poll(() => caption.textContent()).toBe('Good morning');
    expect(await caption.isVisible()).toBe(true);
    session().emit('speech.started', { utterance: 1, mediaTimeMs: 0 });
    session().emit('speech.word', { utterance: 1, index: 2, text: 'again', ...times });
    await expect.poll(() => caption.textContent()).toBe('again');
    session().emit('speech.ended', { utterance: 1, playedMs: 1240, reason: 'interrupted' });
    await caption.waitFor({ state: 'hidden' });
    await page.locator('#event-line', { hasText: 'Utterance 1 was interrupted after 1.2 s.' }).waitFor();

    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => server.sessions.size, { timeout: ENOUGH_MS }).toBe(0);
    await start().waitFor();
  },
  60_000,
);

test('where WebRTC does not get through, the page goes on by WebSocket and says so', async () => {
  await page.evaluate(() => {
    const Peer = RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Peer {
      constructor(config: RTCConfiguration) {
        super({ ...config, iceTransportPolicy: 'relay' });
      }
    } as typeof Peer;
  });
  await page.getByText('WebRTC', { exact: true }).click();
  await start().click();
  await page.getByText('AI-generated').waitFor();
  await page.getByRole('alert').getByText('WebRTC does not work here').waitFor();
  expect(await page.locator('#stage-canvas').isVisible()).toBe(true);
  await expect.poll(() => session().calls, { timeout: ENOUGH_MS }).toContain('endSpeech');
}, 60_000);

test('where WebRTC is lost for good, the running session goes on by WebSocket', async () => {
  await page.evaluate(() => {
    const Peer = RTCPeerConnection;
    const first = { taken: false };
    globalThis.RTCPeerConnection = class extends Peer {
      constructor(config: RTCConfiguration) {
        super(first.taken ? { ...config, iceTransportPolicy: 'relay' } : config);
        first.taken = true;
      }
      override createDataChannel(...options: Parameters<RTCPeerConnection['createDataChannel']>) {
        const channel = super.createDataChannel(...options);
        Object.assign(globalThis, { loseWebRtc: () => channel.close() });
        return channel;
      }
    } as typeof Peer;
  });
  await page.getByText('WebRTC', { exact: true }).click();
  await start().click();
  await page.getByText('AI-generated').waitFor();
  expect(await page.locator('#stage-video').isVisible()).toBe(true);
  const { id } = session();
  await page.evaluate('loseWebRtc()');
  await page.getByRole('alert').getByText('WebRTC does not work here').waitFor({ timeout: ENOUGH_MS });
  await page.locator('#stage-canvas').waitFor({ timeout: ENOUGH_MS });
  expect(session().id).toBe(id);
  expect(await page.locator('#stage-video').isVisible()).toBe(false);
}, 90_000);

test('the microphone is the voice while it is chosen, at a low volume', async () => {
  await page.getByText('Microphone', { exact: true }).click();
  expect(Number(await page.getByRole('slider', { name: 'Volume' }).inputValue())).toBeLessThan(0.4);
  await start().click();
  await expect
    .poll(() => session()?.voice.some((samples) => samples.some((sample) => Math.abs(sample) > 0.05)), {
      timeout: ENOUGH_MS,
    })
    .toBe(true);
}, 60_000);

test('the background changes while the session runs; for none of it a new session is opened', async () => {
  await page.getByText('WebSocket', { exact: true }).click();
  await start().click();
  await page.getByText('AI-generated').waitFor();
  const first = session();
  await page.getByText('Picture', { exact: true }).click();
  const choice = page.getByRole('combobox', { name: 'Background' });
  await choice.selectOption('Out of focus');
  await expect.poll(() => first.calls, { timeout: ENOUGH_MS }).toContain('setBackground blur');
  const chooser = page.waitForEvent('filechooser');
  await choice.selectOption('A picture …');
  const noise = Buffer.from(Float64Array.from({ length: 60_000 }, (_, i) => Math.sin(i * i)).buffer);
  const raw = { width: 400, height: 400, channels: 3 } as const;
  const buffer = await sharp(noise, { raw }).resize(1600).png().toBuffer();
  await (await chooser).setFiles({ name: 'noise.png', mimeType: 'image/png', buffer });
  await expect.poll(() => first.calls, { timeout: ENOUGH_MS }).toContain('setBackground picture');
  expect(first.closed).toBe(false);
  await choice.selectOption('None (overlay)');
  await expect.poll(() => first.closed, { timeout: ENOUGH_MS }).toBe(true);
  await expect.poll(() => session()?.settings.background, { timeout: ENOUGH_MS }).toEqual({ kind: 'matte' });
}, 60_000);

test('another portrait replaces the running session; controls are kept', async () => {
  await page.getByText('Sad', { exact: true }).click();
  await start().click();
  await page.getByText('AI-generated').waitFor();
  const first = session();
  await page.getByText('The gallery one').first().waitFor();
  const other = first.settings.avatarId === 'own' ? 'The gallery one' : 'The own one';
  await page.locator('.tile-name', { hasText: other }).click();
  await expect.poll(() => first.closed, { timeout: ENOUGH_MS }).toBe(true);
  await expect
    .poll(() => session()?.settings.avatarId, { timeout: ENOUGH_MS })
    .not.toBe(first.settings.avatarId);
  expect(session().calls).toContain('setControls {"emotion":{"sad":0.7}}');
}, 60_000);

test("the server's sentences are shown: a bad portrait, no room, a session that fails", async () => {
  await page.getByText('WebSocket', { exact: true }).click();
  server.failNext.add = new VultusError('portrait_no_face');
  await page.locator('#upload-file').setInputFiles({ name: 'cat.png', mimeType: 'image/png', buffer: VOICE });
  await page.getByText('No face was found').waitFor();
  server.failNext.add = undefined;
  await page.getByLabel('Chin').press('ArrowDown');
  await page.getByRole('button', { name: 'Use these places' }).click();
  await expect.poll(() => server.added[0]?.points?.leftEye, { timeout: ENOUGH_MS }).toEqual([0.58, 0.42]);
  expect(server.added[0].points!.chin[1]).toBeGreaterThan(0.66);
  await page.locator('#upload-file').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: VOICE });
  await expect.poll(() => server.added[1]?.name, { timeout: ENOUGH_MS }).toBe('me');
  expect(await page.getByText('No face was found').count()).toBe(0);

  server.failNext.create = new VultusError('at_capacity');
  await start().click();
  await page.getByRole('alert').getByText('as many sessions as it can keep in time').waitFor();
  await page.getByRole('alert').getByText('again in about 5 s').waitFor();
  server.failNext.create = undefined;
  await page.getByRole('button', { name: 'Start again' }).click();
  await page.getByText('AI-generated').waitFor();
  session().close();
  await page.getByRole('alert').getByText('The session has ended.').waitFor();
}, 60_000);

test('a server with a key: the page says what it needs, and works with it', async () => {
  await server.close();
  server = await scriptedServer({ apiKey: 'open sesame' });
  const url = await server.listen();
  await demo.open(page, url);
  await page.getByRole('alert').getByText('#key=').waitFor();
  await page.goto(`${url}/#key=open%20sesame`);
  await page.reload();
  await page.getByText('The gallery one').first().waitFor();
  await start().click();
  await page.getByText('AI-generated').waitFor();
}, 60_000);

test('a server that is gone is said so, with a way on', async () => {
  await page.route('**/v1/**', (route) => route.abort());
  await page.reload();
  await page.getByRole('alert').getByText('No server answers').waitFor();
  await page.unroute('**/v1/**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('The gallery one').first().waitFor();
  expect(await page.getByRole('alert').isVisible()).toBe(false);
}, 60_000);

test('everything that can be used has a name, and nothing is wider than a phone', async () => {
  for (const details of await page.locator('details').all())
    await details.evaluate((each) => each.setAttribute('open', ''));
  const tree = await (await page.context().newCDPSession(page)).send('Accessibility.getFullAXTree');
  const used = tree.nodes.filter(
    ({ ignored, role }) =>
      !ignored &&
      ['button', 'slider', 'radio', 'combobox', 'switch', 'link', 'textbox'].includes(role?.value),
  );
  expect(used.length).toBeGreaterThan(25);
  expect(used.filter(({ name }) => !name?.value).map(({ role }) => role?.value)).toEqual([]);
  for (const width of [360, 768, 1024, 1600]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${width}`).toBeLessThanOrEqual(
      width,
    );
  }
});

test('the theme can be chosen, and is kept', async () => {
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: 'Switch to the dark theme' }).click();
  const dark = await ground();
  expect(dark).not.toBe(light);
  await page.reload();
  expect(await ground()).toBe(dark);
  await page.getByRole('button', { name: 'Switch to the light theme' }).click();
  expect(await ground()).toBe(light);
});

test('who has never chosen a portrait sees the film, until one is chosen or a session starts', async () => {
  const film = page.locator('#stage-film');
  await film.waitFor({ state: 'visible' });
  expect(await film.getAttribute('src')).toBe('./film.webm');
  await page.getByText('Synthetic portraits from the gallery').waitFor();
  await start().click();
  await page.getByText('AI-generated').waitFor();
  expect(await film.isVisible()).toBe(false);
  await page.reload();
  await page.getByText('The gallery one').first().waitFor();
  await expect.poll(() => start().isEnabled(), { timeout: ENOUGH_MS }).toBe(true);
  expect(await film.isVisible()).toBe(false);

  await page.evaluate(() => localStorage.clear());
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.reload();
  await film.waitFor({ state: 'visible' });
  expect(await film.getAttribute('src')).toBe(null);
  await page.getByText('The own one').click();
  await film.waitFor({ state: 'hidden' });
}, 60_000);
