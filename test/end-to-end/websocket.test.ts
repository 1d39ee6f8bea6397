import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { OpusDecoder } from '../../src/audio/opus.ts';
import { s16leToFloat } from '../../src/audio/pcm.ts';
import { readAudioFile } from '../../src/audio/read-audio-file.ts';
import { resampleAll } from '../../src/audio/resampler.ts';
import type { LiveConnection, MotionEvent, Session } from '../../src/client/index.ts';
import { CHANNEL } from '../../src/contract/motion-frame.ts';
import { parseServerMessage, type ServerMessage, serializeClientMessage } from '../../src/contract/wire.ts';
import { recordSession } from '../../src/recording/record-session.ts';
import { g711Encoded } from '../support/g711.ts';
import { readFilm } from '../support/read-film.ts';
import { sampleVoice } from '../support/sample-voice.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { bestLag, rms } from '../support/signals.ts';

let server: TestServer;
let voice: Float32Array;
beforeAll(async () => {
  server = await startTestServer();
  voice = await sampleVoice(2);
}, 60_000);
afterAll(() => server.close());

const ALL = { video: true, voice: true, motion: true };
const AUDIO = { encoding: 's16le', sampleRateHz: 48000 } as const;

async function live(work: (connection: LiveConnection, session: Session) => Promise<void>): Promise<void> {
  const session = await server.vultus.sessions.create({ avatarId: server.avatar.id, size: 256, seed: 5 });
  const connection = await session.connectWebSocket({ audio: AUDIO, outputs: ALL });
  try {
    await work(connection, session);
  } finally {
    connection.close();
    await session.close();
  }
}

/** Collects everything that arrives, with the moment of arrival. */
function record(connection: LiveConnection) {
  const decoder = new OpusDecoder();
  const voicePackets: { atMs: number; mediaTimeMs: number; rms: number }[] = [];
  const pictures: { mediaTimeMs: number; key: boolean; bytes: number }[] = [];
  const motion: (MotionEvent & { atMs: number })[] = [];
  const events: ServerMessage[] = [];
  connection.on('voice', ({ data, mediaTimeMs }) => {
    voicePackets.push({ atMs: performance.now(), mediaTimeMs, rms: rms(decoder.decode(data)) });
  });
  connection.on('video', ({ mediaTimeMs, key, data }) =>
    pictures.push({ mediaTimeMs, key, bytes: data.length }),
  );
  connection.on('motion', (event) => motion.push({ ...event, atMs: performance.now() }));
  connection.on('speech.started', (event) => events.push(event));
  connection.on('speech.ended', (event) => events.push(event));
  return { voicePackets, pictures, motion, events };
}

const ended = (connection: LiveConnection) =>
  new Promise<Extract<ServerMessage, { type: 'speech.ended' }>>((resolve) => {
    connection.once('speech.ended', resolve);
  });

describe('WebSocket route', () => {
  it('speaks a burst of voice: picture, voice and motion in step, the end told once and not too early', async () => {
    await live(async (connection) => {
      const heard = record(connection);
      const end = ended(connection);
      connection.speak(voice);
      connection.endSpeech();
      const { playedMs, interrupted } = await end;
      expect(interrupted).toBe(false);
      expect(playedMs).toBeCloseTo(voice.length / 48, 0);
      const loud = heard.voicePackets.filter(({ rms }) => rms > 0.005);
      const loudMs = loud.at(-1)!.mediaTimeMs + 20 - loud[0].mediaTimeMs;
      expect(loudMs).toBeGreaterThan(0.7 * playedMs);
      await sleep(300);
      expect(heard.events.map(({ type }) => type)).toEqual(['speech.started', 'speech.ended']);

      expect(heard.pictures[0].key).toBe(true);
      // Late pictures are left out, never shown late or twice: what comes stays on the clock and in order.
      const times = heard.pictures.map(({ mediaTimeMs }) => mediaTimeMs);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      expect(times.every((time) => time % 40 === 0)).toBe(true);

      // The mouth opens while the voice sounds and rests before and after.
      const jawIn = (fromMs: number, toMs: number) => {
        const inside = heard.motion.filter(({ mediaTimeMs }) => mediaTimeMs >= fromMs && mediaTimeMs < toMs);
        return inside.reduce((sum, { frame }) => sum + frame[CHANNEL.jawOpen], 0) / inside.length;
      };
      const first = loud[0].mediaTimeMs;
      const last = loud.at(-1)!.mediaTimeMs;
      expect(jawIn(first, last)).toBeGreaterThan(2 * jawIn(first - 400, first - 80));
    });
  });

  it('is recorded as its viewers have it, with what was said as captions', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vultus-record-'));
    const path = join(folder, 'live.mp4');
    const stopping = new AbortController();
    await live(async (connection, session) => {
      const begun = Promise.withResolvers<void>();
      const url = `${server.url}/v1/sessions/${session.id}`;
      const recording = recordSession(url, path, { signal: stopping.signal, onBegun: begun.resolve });
      await Promise.race([begun.promise, recording]);
      const end = ended(connection);
      connection.words([
        { text: 'Hello,', startMs: 0, endMs: 400 },
        { text: 'everybody.', startMs: 450, endMs: 950 },
      ]);
      connection.speak(voice.subarray(0, 48_000));
      connection.endSpeech();
      await end;
      await sleep(200);
      stopping.abort();
      const { seconds, cues } = await recording;
      expect(cues.map(({ text }) => text)).toEqual(['Hello, everybody.']);
      const film = readFilm(path);
      expect(film).toMatchObject({ width: 256, height: 256, cues });
      expect(film.pictureMs.length).toBeGreaterThan(1);
      expect(film.pictureMs.at(-1)! / 1000).toBeLessThan(seconds);
      const { voice48k } = await readAudioFile(path);
      expect(rms(voice48k)).toBeGreaterThan(0.01);
    });
    await rm(folder, { recursive: true });
  });

  it('speaks what a telephone sends (µ-law at 8 kHz)', async () => {
    const session = await server.vultus.sessions.create({ avatarId: server.avatar.id, size: 256 });
    const connection = await session.connectWebSocket({
      audio: { encoding: 'pcmu', sampleRateHz: 8000 },
      outputs: { voice: { encoding: 's16le', sampleRateHz: 8000 }, motion: true },
    });
    const heard: number[] = [];
    const jaw: number[] = [];
    connection.on('voice', ({ data }) => heard.push(...s16leToFloat(data)));
    connection.on('motion', ({ frame }) => jaw.push(frame[CHANNEL.jawOpen]));
    const said = resampleAll(voice, 48000, 8000);
    const octets = g711Encoded(said, 'pcmu');
    const end = ended(connection);
    for (let at = 0; at < octets.length; at += 160) connection.speak(octets.subarray(at, at + 160));
    connection.endSpeech();
    expect((await end).playedMs).toBeCloseTo(voice.length / 48, -1);
    connection.close();
    await session.close();
    const loudest = Math.max(...heard.map(Math.abs));
    const first = heard.findIndex((sample) => Math.abs(sample) > 0.02 * loudest);
    const from = said.findIndex((sample) => Math.abs(sample) > 0.02 * loudest);
    const part = said.slice(from, from + 8000);
    const later = Float32Array.from(heard.slice(Math.max(0, first - 800)));
    expect(bestLag(part, later, 1600).correlation).toBeGreaterThan(0.98);
    expect(Math.max(...jaw)).toBeGreaterThan(0.1);
  });

  it('falls silent and shuts the mouth on interruption, and speaks again after it', async () => {
    await live(async (connection) => {
      const heard = record(connection);
      connection.speak(voice);
      await sleep(1200);
      const end = ended(connection);
      const interruptMs = performance.now();
      connection.interrupt();
      const { interrupted, playedMs } = await end;
      expect(interrupted).toBe(true);
      expect(playedMs).toBeGreaterThan(300);
      expect(playedMs).toBeLessThan(1300);
      await sleep(700);
      // Bars with room for a busy machine; the bench measures the real ones.
      const audible = heard.voicePackets.filter(({ atMs, rms }) => atMs > interruptMs + 120 && rms > 0.004);
      expect(audible).toEqual([]);
      const open = Math.max(...heard.motion.map(({ frame }) => frame[CHANNEL.jawOpen]));
      const after = heard.motion.filter(({ atMs }) => atMs > interruptMs + 400);
      expect(Math.max(...after.map(({ frame }) => frame[CHANNEL.jawOpen]))).toBeLessThan(0.4 * open);
      expect(heard.motion.at(-1)!.epoch).toBe(1);

      const again = ended(connection);
      connection.speak(voice.subarray(0, 24000));
      connection.endSpeech();
      expect(await again).toMatchObject({ interrupted: false, utterance: 2 });
    });
  });

  it('answers bad messages with coded errors and goes on', async () => {
    await live(async (_, session) => {
      const other = await server.vultus.sessions.create({ avatarId: server.avatar.id, size: 256 });
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/sessions/${other.id}/stream`);
      const messages: ServerMessage[] = [];
      socket.on('message', (data: Buffer) => messages.push(parseServerMessage(data)));
      await new Promise((resolve) => socket.once('open', resolve));
      socket.send(Buffer.from([0xc1, 1, 2, 3]));
      socket.send(serializeClientMessage({ type: 'control', controls: { emotion: { happy: 9 } } }));
      socket.send(serializeClientMessage({ type: 'hello', version: 1, audio: { encoding: 'opus' } }));
      socket.send(serializeClientMessage({ type: 'audio', data: new Uint8Array(40).fill(0xff) }));
      socket.send(serializeClientMessage({ type: 'ping', id: 3 }));
      await expect.poll(() => messages.some(({ type }) => type === 'pong'), { timeout: 5000 }).toBe(true);
      const errors = messages.filter((message) => message.type === 'error').map(({ code }) => code);
      expect(errors).toEqual(['invalid_message', 'invalid_message', 'unsupported_audio']);
      socket.close();
      await other.close();
      expect((await server.vultus.sessions.get(session.id)).id).toBe(session.id);
    });
  });

  it('refuses voice beyond its buffer and keeps speaking what it has', async () => {
    await live(async (connection) => {
      const refused = new Promise<string>((resolve) => {
        connection.on('error', ({ code }) => resolve(code));
      });
      const minute = new Float32Array(60 * 48000);
      for (let i = 0; i < 3; i++) connection.speak(minute);
      expect(await refused).toBe('audio_buffer_full');
      expect(connection.closed).toBe(false);
    });
  });

  it('follows the controls', async () => {
    await live(async (connection) => {
      const heard = record(connection);
      await sleep(600);
      connection.setControls({ head: { yaw: 0.3 }, gaze: { yaw: 0.4, pitch: 0 } });
      await sleep(1800);
      const yaw = heard.motion.map(({ frame }) => frame[CHANNEL.headYaw]);
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(mean(yaw.slice(-10)) - mean(yaw.slice(0, 10))).toBeGreaterThan(0.15);
    });
  });
});
