import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp, { type Sharp } from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Vultus } from '../../src/client/index.ts';
import { loadConfig, ROOT } from '../../src/config.ts';
import {
  parseServerMessage,
  type ServerMessage,
  serializeClientMessage,
  WIRE_VERSION,
} from '../../src/contract/wire.ts';
import { VideoDecoder } from '../../src/media/video-decoder.ts';
import { type RunningServer, startServer } from '../../src/server/start-server.ts';
import { freePort } from '../support/free-port.ts';
import { UNLIMITED } from '../support/server.ts';

const gallery = join(ROOT, 'client-demo/public/gallery');
const entries: { file: string; name: string }[] = JSON.parse(
  readFileSync(join(gallery, 'gallery.json'), 'utf8'),
);
const portrait = readFileSync(join(gallery, entries[0].file));

/** What is answered first, once somebody listens. */
async function firstAnswer(url: string): Promise<Response> {
  for (;;) {
    try {
      return await fetch(url);
    } catch {
      await sleep(5);
    }
  }
}

/** The whole server with its real engine, as `vultus serve` starts it. */
describe('real server', () => {
  let server: RunningServer;
  let cacheDir: string;
  let whileLoading: Response;
  beforeAll(async () => {
    cacheDir = mkdtempSync(join(tmpdir(), 'vultus-server-'));
    const port = await freePort();
    const flags = {
      ...UNLIMITED,
      ...{ host: '127.0.0.1', port, cacheDir, workers: 2, maxSessions: 2, logLevel: 'silent' },
    };
    const started = startServer(loadConfig(flags, {}));
    whileLoading = await firstAnswer(`http://127.0.0.1:${port}/readyz`);
    server = await started;
  });
  afterEach(async () => {
    const { sessions } = (await call('GET', '/v1/sessions')).json;
    for (const { id } of sessions) await call('DELETE', `/v1/sessions/${id}`);
  });
  afterAll(async () => {
    await server?.close();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  const call = async (method: string, path: string, body?: Uint8Array<ArrayBuffer> | object) => {
    const raw = body instanceof Uint8Array;
    const response = await fetch(server.url + path, {
      method,
      headers: body ? { 'content-type': raw ? 'image/jpeg' : 'application/json' } : {},
      body: raw ? body : body && JSON.stringify(body),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
    return { status: response.status, json };
  };
  const upload = async (picture: Sharp | Buffer, query = '') =>
    call(
      'POST',
      `/v1/avatars${query}`,
      new Uint8Array(Buffer.isBuffer(picture) ? picture : await picture.jpeg().toBuffer()),
    );

  it('was not ready before the engine had run its graphs', async () => {
    expect(whileLoading.status).toBe(503);
    expect(await whileLoading.json()).toMatchObject({ code: 'starting' });
  });

  it('is ready, says on what it runs, and has its gallery', { timeout: 60_000 }, async () => {
    expect((await call('GET', '/readyz')).json).toMatchObject({
      status: 'ok',
      provider: server.info.provider,
      sessions: 0,
    });
    // One by one, where they are analysed for the first time.
    const list = async () => (await call('GET', '/v1/avatars')).json.avatars;
    await expect.poll(async () => (await list()).length, { timeout: 50_000 }).toBe(entries.length);
    const avatars = await list();
    expect(avatars.map(({ name }: { name: string }) => name)).toEqual(entries.map(({ name }) => name));
    expect(avatars.every((avatar: { gallery: boolean }) => avatar.gallery)).toBe(true);
    const preview = await fetch(server.url + avatars[0].previewUrl);
    expect((await sharp(Buffer.from(await preview.arrayBuffer())).metadata()).format).toBe('jpeg');
  });

  it('says what is wrong with a picture', { timeout: 60_000 }, async () => {
    const blank = sharp({ create: { width: 400, height: 400, channels: 3, background: '#a0b0c0' } });
    expect((await upload(blank)).json.code).toBe('portrait_no_face');
    expect((await upload(Buffer.from('GIF89a and nothing more'))).json.code).toBe('portrait_not_an_image');
    expect((await upload(sharp(portrait).resize(64))).json.code).toMatch(/^portrait_/);
    const { width, height } = await sharp(portrait).metadata();
    const two = sharp({
      create: { width: 2 * width + 300, height, channels: 3, background: '#fff' },
    }).composite([
      { input: portrait, left: 0, top: 0 },
      { input: portrait, left: width + 300, top: 0 },
    ]);
    expect((await upload(two)).json.code).toBe('portrait_several_faces');
    const chosen = await upload(two, '?face=1&name=One%20of%20two');
    expect(chosen.json).toMatchObject({ name: 'One of two', gallery: false });
    expect((await call('DELETE', `/v1/avatars/${chosen.json.id}`)).status).toBe(204);
  });

  it('speaks: voice in, pictures and voice out, and the end of the utterance once', {
    timeout: 30_000,
  }, async () => {
    const { avatars } = (await call('GET', '/v1/avatars')).json;
    const opened = await call('POST', '/v1/sessions', { avatarId: avatars[0].id, size: 256, seed: 7 });
    expect(opened.status).toBe(201);
    const socket = new WebSocket(server.url.replace('http', 'ws') + opened.json.streamUrl);
    const messages: ServerMessage[] = [];
    socket.on('message', (data) => messages.push(parseServerMessage(data as Buffer)));
    await once(socket, 'open');
    socket.send(
      serializeClientMessage({
        type: 'hello',
        version: WIRE_VERSION,
        audio: { encoding: 's16le', sampleRateHz: 16000 },
        outputs: { video: true, voice: true, motion: true },
      }),
    );
    const voice = Int16Array.from({ length: 16000 }, (_, i) => 9000 * Math.sin(i / 14) * Math.sin(i / 900));
    socket.send(serializeClientMessage({ type: 'audio', data: new Uint8Array(voice.buffer) }));
    socket.send(serializeClientMessage({ type: 'speech.end' }));
    const of = <Type extends ServerMessage['type']>(type: Type) =>
      messages.filter((message): message is Extract<ServerMessage, { type: Type }> => message.type === type);
    await expect.poll(() => of('speech.ended').length, { timeout: 15_000 }).toBe(1);

    expect(of('ready')).toHaveLength(1);
    expect(of('speech.started')).toHaveLength(1);
    expect(of('speech.ended')[0]).toMatchObject({ interrupted: false });
    expect(of('speech.ended')[0].playedMs).toBeGreaterThan(900);
    // On a busy machine pictures come late and are dropped; both kinds together are the 25 a second.
    const pictures = () => {
      const stats = of('stats').at(-1)?.stats;
      return stats ? stats.framesSent + stats.framesLate : 0;
    };
    await expect.poll(pictures, { timeout: 10_000 }).toBeGreaterThan(20);
    await expect.poll(() => of('video').length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(of('video')[0].key).toBe(true);
    expect(of('voice').length).toBeGreaterThan(40);
    expect(of('motion')[0].data.byteLength).toBe(58 * 4);
    expect(of('error')).toEqual([]);
    for (const kind of ['video', 'voice'] as const) {
      const times = of(kind).map(({ mediaTimeMs }) => mediaTimeMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }

    const end = once(socket, 'close');
    expect((await call('DELETE', `/v1/sessions/${opened.json.id}`)).status).toBe(204);
    expect((await end)[0]).toBe(4010);
  });

  it('stands before something else while it runs; pictures keep their height', {
    timeout: 60_000,
  }, async () => {
    const { avatars } = (await call('GET', '/v1/avatars')).json;
    const vultus = new Vultus({ url: server.url });
    const session = await vultus.sessions.create({ avatarId: avatars[0].id, size: 256 });
    const live = await session.connectWebSocket({ outputs: { video: true } });
    const decoder = new VideoDecoder('h264');
    let corner = 0;
    live.on('video', ({ data }) => {
      const picture = decoder.decode(data);
      if (picture) corner = picture.data[4 * picture.width + 4];
    });
    const codes: string[] = [];
    live.on('error', ({ code }) => codes.push(code));
    const white = await sharp({ create: { width: 96, height: 64, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    for (const [background, least, most] of [
      ['#ffffff', 225, 255],
      ['#000000', 0, 30],
      [`data:image/png;base64,${white.toString('base64')}`, 225, 255],
    ] as const) {
      live.setBackground(background);
      await expect
        .poll(() => corner, { timeout: 15_000 })
        .toSatisfy((luma: number) => luma >= least && luma <= most);
    }
    live.setBackground('matte');
    live.setBackground('fog');
    await expect.poll(() => codes, { timeout: 5000 }).toContain('invalid_request');
    live.setBackground('matte');
    await expect.poll(() => codes, { timeout: 5000 }).toContain('background_fixed');
    expect((await session.refresh()).settings.background).toBe('picture');
    live.close();
    decoder.close();
    await session.close();
  });

  it('takes as many sessions as it is told to', async () => {
    const { avatars } = (await call('GET', '/v1/avatars')).json;
    const open = () => call('POST', '/v1/sessions', { avatarId: avatars[0].id, size: 256 });
    const [one, two] = [await open(), await open()];
    expect([one.status, two.status]).toEqual([201, 201]);
    const refused = await open();
    expect(refused.json).toMatchObject({ code: 'at_capacity', retryAfterS: expect.any(Number) });
    expect(refused.json.retryAfterS).toBeGreaterThanOrEqual(1);
    expect(refused.json.retryAfterS).toBeLessThanOrEqual(120);
    await call('DELETE', `/v1/sessions/${one.json.id}`);
    const again = await open();
    expect(again.status).toBe(201);
    await call('DELETE', `/v1/sessions/${two.json.id}`);
    await call('DELETE', `/v1/sessions/${again.json.id}`);
  });
});
