import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { RTCDtlsTransport, type RtpHeader } from 'werift';
import type { WebRtcConnection } from '../../../src/connection/webrtc/webrtc-connection.ts';
import { recordsOf } from '../../../src/connection/webrtc/werift/dtls-records.ts';
import type { VideoCodec } from '../../../src/contract/formats.ts';
import {
  parseServerMessage,
  type ServerMessage,
  serializeClientMessage,
} from '../../../src/contract/wire.ts';
import { launchBrowser } from '../../support/browser.ts';
import { BrowserPeer, type PeerPage } from '../../support/browser-peer.ts';
import { bestLag, tone } from '../../support/signals.ts';
import { TestSession } from '../../support/test-session.ts';
import { wavFile } from '../../support/wav.ts';

const folder = mkdtempSync(join(tmpdir(), 'vultus-webrtc-'));
const microphone = join(folder, 'voice.wav');
/** Loudness that never repeats within the file: bursts of pseudo-random length and level. */
const spoken = tone(48000, 6, (t) => {
  const word = Math.floor(t / 0.13);
  const level = ((word * 7919 + word * word * 104729) % 97) / 97;
  return 0.6 * (level > 0.3 ? level : 0) * Math.sin(2 * Math.PI * (180 + 60 * level) * t);
});

let browser: Browser;
const owned: { close(): unknown }[] = [];

beforeAll(async () => {
  writeFileSync(microphone, wavFile(spoken, 48000));
  browser = await launchBrowser({ microphone });
}, 30_000);

afterEach(async () => {
  vi.restoreAllMocks();
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function connect(
  options: { codec?: VideoCodec; size?: number; microphone?: boolean } = {},
): Promise<{ session: TestSession; peer: BrowserPeer; connection: WebRtcConnection }> {
  const session = new TestSession(options.codec, options.size);
  owned.push(session);
  const peer = await BrowserPeer.open(browser);
  owned.push(peer);
  const connection = await peer.connect(session, { microphone: options.microphone });
  owned.push(connection);
  return { session, peer, connection };
}

/** Chrome's numbers for Opus and for Opus in RFC 2198. */
const VOICE_PAYLOADS = [111, 63];

/** Loses all packets of pictures while `drop` is set. */
function videoDropper(): { drop: boolean } {
  const way = { drop: false };
  const send = RTCDtlsTransport.prototype.sendRtp;
  vi.spyOn(RTCDtlsTransport.prototype, 'sendRtp').mockImplementation(function (
    this: RTCDtlsTransport,
    payload: Buffer,
    header: RtpHeader,
  ) {
    if (way.drop && !VOICE_PAYLOADS.includes(header.payloadType)) return Promise.resolve(payload.length);
    return send.call(this, payload, header);
  });
  return way;
}

async function until(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${condition}`);
    await sleep(50);
  }
}

function nearest(offsets: number[]): number {
  return offsets.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0] ?? Number.NaN;
}

async function messagesOf(peer: BrowserPeer): Promise<ServerMessage[]> {
  return (await peer.read('messages')).map((bytes) => parseServerMessage(Uint8Array.from(bytes)));
}

describe('WebRTC with a real browser', () => {
  it.each<VideoCodec>(['h264', 'vp8', 'vp9', 'av1'])(
    '%s plays at its size and at 25 pictures a second',
    async (codec) => {
      const { session, peer, connection } = await connect({ codec, size: 320 });
      await until(async () => (await peer.read('frameTimes')).length > 25, 15_000);
      const { width, height, frames } = await peer.receivedVideo();
      expect([width, height]).toEqual([320, 320]);
      expect(frames).toBeGreaterThan(session.pictures.length * 0.5);
      // By the RTP timestamps of what was shown, not by the clock: the machine may be busy.
      const times = await peer.read('frameTimes');
      const steps = times.slice(1).map((time, i) => (time - times[i]) / 90);
      expect(steps.every((step) => step % 40 === 0)).toBe(true);
      expect(steps.filter((step) => step === 40).length).toBeGreaterThan(steps.length * 0.5);
      // The feedback gets through: what arrives is what was sent.
      expect(connection.network!.receivedKbps).toBeGreaterThan(100);
      expect(connection.network!.lossFraction).toBeLessThan(0.05);
    },
    30_000,
  );

  it('plays voice and picture of one time together', { timeout: 25_000 }, async () => {
    const { peer } = await connect();
    let offsets: number[] = [];
    // Positive: the picture is late. Web Audio hears the voice some 20 ms after the element plays it.
    // Where the machine is short of time, the browser stretches its buffers and is out of step for a while: two
    // beeps in step are enough, as a wrong clock is off by hundreds of milliseconds.
    const inStep = (offset: number) => Math.abs(offset + 20) <= 45;
    await until(async () => {
      const [flashes, beeps] = [await peer.read('flashes'), await peer.read('beeps')];
      offsets = flashes.map((flash) => nearest(beeps.map((beep) => flash - beep)));
      return offsets.filter(inStep).length >= 2;
    }, 12_000).catch((error) => {
      throw new Error(`${error.message}; offsets ${offsets.map(Math.round)}`);
    });
  });

  it('hears the microphone', async () => {
    const { session } = await connect({ microphone: true });
    await until(() => session.voice.length > 0, 5000);
    await sleep(3000);
    const heard = session.heard();
    expect(heard.length / 48000).toBeGreaterThan(2.5);
    // The browser plays the file in a loop: compare loudness at every offset into two rounds of it.
    const loudness = (samples: Float32Array) =>
      Float32Array.from({ length: Math.floor(samples.length / 480) }, (_, i) =>
        Math.sqrt(samples.subarray(i * 480, (i + 1) * 480).reduce((sum, sample) => sum + sample ** 2, 0)),
      );
    const once = loudness(spoken);
    const { correlation } = bestLag(
      loudness(heard.slice(24000)),
      Float32Array.of(...once, ...once),
      once.length,
    );
    expect(correlation).toBeGreaterThan(0.9);
  }, 15_000);

  it('connects although the last message of the handshake is lost', async () => {
    let dropped = 0;
    const start = RTCDtlsTransport.prototype.start;
    vi.spyOn(RTCDtlsTransport.prototype, 'start').mockImplementation(function (this: RTCDtlsTransport) {
      const { onData } = this.iceTransport.connection;
      const execute = onData.execute.bind(onData);
      onData.execute = (data: Buffer) => {
        // The browser's Finished: a handshake record of epoch 1, sent together with what announces it.
        const last = recordsOf(data).some((record) => record[0] === 22 && record.readUInt16BE(3) === 1);
        if (last && dropped++ === 0) return;
        execute(data);
      };
      return start.call(this);
    });
    await connect();
    expect(dropped).toBeGreaterThan(1);
  }, 20_000);

  it('answers the key-frame request of a browser that missed the first one', async () => {
    const way = videoDropper();
    way.drop = true;
    const { session, peer } = await connect();
    await until(() => session.keyFrameRequests > 0, 5000);
    await sleep(300);
    way.drop = false;
    await until(async () => (await peer.receivedVideo()).frames > 10, 5000);
    expect((await peer.receivedVideo()).plis).toBeGreaterThan(0);
  }, 20_000);

  it('sends a key frame after loss that cannot be repaired, while a microphone is on', async () => {
    const way = videoDropper();
    const { session, peer } = await connect({ microphone: true });
    await until(async () => session.voice.length > 0 && (await peer.receivedVideo()).frames > 10, 5000);
    const asked = session.keyFrameRequests;
    way.drop = true;
    await sleep(1200);
    way.drop = false;
    await until(() => session.keyFrameRequests > asked, 5000);
    const frozen = (await peer.receivedVideo()).frames;
    await until(async () => (await peer.receivedVideo()).frames > frozen + 20, 5000);
    expect((await peer.receivedVideo()).keyFrames).toBeGreaterThan(1);
    // A browser repeats itself; one request per 300 ms is passed on.
    expect(session.keyFrameRequests - asked).toBeLessThan(15);
  }, 20_000);

  it('carries messages both ways', async () => {
    const { session, peer } = await connect();
    await until(async () => (await messagesOf(peer)).some(({ type }) => type === 'ready'), 3000);
    // As large as one message of the data channel may be.
    const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#406080' } })
      .png()
      .toBuffer();
    const background = `data:image/png;base64,${Buffer.concat([png, Buffer.alloc(48_000 - png.length)]).toString('base64')}`;
    const messages = [
      serializeClientMessage({ type: 'control', controls: { distance: 0.25 } }),
      serializeClientMessage({ type: 'interrupt' }),
      serializeClientMessage({ type: 'background', background }),
      serializeClientMessage({ type: 'ping', id: 7 }),
      Uint8Array.of(0xc1, 0xff),
    ];
    await peer.page.evaluate(
      (list) => {
        const { channel } = globalThis as unknown as PeerPage;
        for (const bytes of list) channel.send(Uint8Array.from(bytes));
        channel.send('not a message');
      },
      messages.map((bytes) => [...bytes]),
    );
    const failures = async () => (await messagesOf(peer)).filter(({ type }) => type === 'error');
    await until(async () => (await failures()).length === 2, 3000);
    expect(await failures()).toMatchObject([{ code: 'invalid_message' }, { code: 'invalid_message' }]);
    expect(await messagesOf(peer)).toContainEqual({ type: 'pong', id: 7 });
    expect(session.controls).toEqual([{ distance: 0.25 }]);
    expect(session.interruptions).toBe(1);
    await until(async () => session.backgrounds.length === 1, 3000);
    expect(session.backgrounds).toMatchObject([{ kind: 'picture' }]);
  }, 15_000);

  it('closes when the session does, and says so', async () => {
    const { session, peer, connection } = await connect();
    const reason = new Promise((resolve) => connection.once('closed', resolve));
    await until(async () => (await messagesOf(peer)).some(({ type }) => type === 'ready'), 3000);
    session.close();
    expect(await reason).toBe('session closed');
    await until(async () => (await messagesOf(peer)).some(({ type }) => type === 'error'), 3000);
    expect((await messagesOf(peer)).at(-1)).toMatchObject({ type: 'error', code: 'session_closed' });
    expect(connection.closed).toBe(true);
  }, 15_000);

  it('closes when the peer leaves; the session lives on', async () => {
    const { session, peer, connection } = await connect();
    const reason = new Promise((resolve) => connection.once('closed', resolve));
    await peer.page.evaluate(() => (globalThis as unknown as PeerPage).peer.close());
    expect(['peer left', 'connection lost']).toContain(await reason);
    expect(session.closed).toBe(false);
    expect(session.listenerCount('video')).toBe(0);
    connection.close();
  }, 30_000);
});
