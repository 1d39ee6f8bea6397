import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteStreamWriter, Room as LiveKitRoom } from '@livekit/rtc-node';
import { floatToS16le } from '../../src/audio/pcm.ts';
import { RoomViewer, roomToken } from '../../test/support/livekit-room.ts';
import type { LiveKitServer } from '../../test/support/livekit-server.ts';
import type { TestServer } from '../../test/support/server.ts';
import { galleryRig, sampleVoice } from '../fixtures.ts';
import { mouthBox, onsetToLips, type Watched } from '../latency/browser-delay.ts';
import { atMost, type Row } from '../report.ts';
import { quantile } from '../statistics.ts';

const JOINS = 5;
const CALLS = 12;
const [VOICE_MS, SILENCE_MS] = [1200, 2000];
const CLEARS = 8;
const CLEAR_AFTER_MS = 1500;
const MOUTH = { width: 24, height: 15 };
const RATE_HZ = 48_000;

/** Join, first picture, lips, silence after a clear: an agent and a viewer in this process, so by one clock. */
export async function roomRows(
  livekit: LiveKitServer,
  server: TestServer,
): Promise<{ rows: Row[]; details: unknown }> {
  const joins: { joinedMs: number; pictureMs: number }[] = [];
  for (let i = 0; i < JOINS; i++) joins.push(await join(livekit, server, `join-${i}`));
  const delays: Record<string, (number | undefined)[]> = {};
  for (const latency of ['low', 'balanced']) delays[latency] = await lips(livekit, server, latency);
  const silences = await clears(livekit, server);
  const of = (values: (number | undefined)[]) => values.filter((value) => value !== undefined);
  const rows: Row[] = [
    {
      measure: 'asked for → joined with both tracks, median',
      value: quantile(
        joins.map(({ joinedMs }) => joinedMs),
        0.5,
      ),
      unit: 'ms',
    },
    {
      measure: 'asked for → first picture at the viewer, median',
      value: quantile(
        joins.map(({ pictureMs }) => pictureMs),
        0.5,
      ),
      unit: 'ms',
    },
    ...Object.entries(delays).flatMap(([latency, all]) => [
      {
        measure: `${latency}: audio sent → lips move at the viewer, median of ${of(all).length} of ${all.length}`,
        value: quantile(of(all), 0.5),
        unit: 'ms',
      },
      atMost(`${latency}: the same, p95`, quantile(of(all), 0.95), 250, 'ms'),
    ]),
    {
      measure: `clear called → silent at the viewer, median of ${silences.length}`,
      value: quantile(silences, 0.5),
      unit: 'ms',
    },
    atMost('the same, p95', quantile(silences, 0.95), 150, 'ms'),
  ];
  return { rows, details: { joins, delays, silences } };
}

async function join(livekit: LiveKitServer, server: TestServer, room: string) {
  const viewer = await RoomViewer.join(livekit, room);
  const fromMs = performance.now();
  const close = await open(livekit, server, room, {});
  const joinedMs = performance.now() - fromMs;
  while (viewer.pictures.length === 0) await sleep(5);
  const pictureMs = viewer.pictures[0].atMs - fromMs;
  await close();
  await viewer.close();
  return { joinedMs, pictureMs };
}

/** Milliseconds from the first byte of each call to lips that leave their rest. */
async function lips(livekit: LiveKitServer, server: TestServer, latency: string) {
  const room = `lips-${latency}`;
  const box = mouthBox(await galleryRig());
  const voice = await loudVoice(VOICE_MS);
  const viewer = await RoomViewer.join(livekit, room, 'viewer', ['video']);
  const agent = await RoomViewer.join(livekit, room, 'agent', []);
  const watched: Watched = { sound: [], pictures: [] };
  viewer.onPicture = (data, width, height, atMs) =>
    watched.pictures.push({ atMs, mouth: mouthOf(data, width, height, box) });
  const still = { head: { amplitude: 0 }, blinkRate: 0 };
  const close = await open(livekit, server, room, { latency, controls: still });
  await sleep(4000);
  for (let call = 0; call < CALLS; call++) {
    const fromMs = performance.now();
    watched.sound.push({ atMs: fromMs - SILENCE_MS, loudness: 0 }, { atMs: fromMs, loudness: 1 });
    await say(agent.room, voice);
    watched.sound.push({ atMs: fromMs + 1, loudness: 0 });
    await sleep(VOICE_MS + SILENCE_MS + 40 * (call % 7));
  }
  await close();
  await agent.close();
  await viewer.close();
  return onsetToLips(watched);
}

/** Milliseconds from the call of a clear to the last sound that is heard of what was cleared. */
async function clears(livekit: LiveKitServer, server: TestServer): Promise<number[]> {
  const room = 'clears';
  const tone = Float32Array.from({ length: 10 * RATE_HZ }, (_, i) => 0.4 * Math.sin(i * 0.04));
  const viewer = await RoomViewer.join(livekit, room, 'viewer', ['audio']);
  const agent = await RoomViewer.join(livekit, room, 'agent', []);
  const close = await open(livekit, server, room, {});
  const silences: number[] = [];
  for (let i = 0; i < CLEARS; i++) {
    await say(agent.room, tone);
    await sleep(CLEAR_AFTER_MS + 70 * i);
    const clearedMs = performance.now();
    await agent.room.localParticipant!.performRpc({
      destinationIdentity: 'avatar',
      method: 'lk.clear_buffer',
      payload: '',
    });
    await sleep(1200);
    silences.push(Math.max(0, (viewer.lastLoudMs ?? 0) - clearedMs));
  }
  await close();
  await agent.close();
  await viewer.close();
  return silences;
}

/** @returns closes the session */
async function open(livekit: LiveKitServer, server: TestServer, room: string, more: object) {
  const token = await roomToken(livekit, 'avatar', { room, agent: true, onBehalfOf: 'agent' });
  const response = await fetch(`${server.url}/v1/livekit/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ avatarId: server.avatar.id, url: livekit.url, token, ...more }),
  });
  const { id, detail } = await response.json();
  if (response.status !== 201) throw new Error(detail);
  return () => fetch(`${server.url}/v1/sessions/${id}`, { method: 'DELETE' });
}

/** As one segment, faster than it is heard. */
async function say({ localParticipant }: LiveKitRoom, voice: Float32Array): Promise<void> {
  const writer: ByteStreamWriter = await localParticipant!.streamBytes({
    name: 'AUDIO_bench',
    topic: 'lk.audio_stream',
    destinationIdentities: ['avatar'],
    attributes: { sample_rate: String(RATE_HZ), num_channels: '1' },
  });
  await writer.write(floatToS16le(voice));
  await writer.close();
}

async function loudVoice(ms: number): Promise<Float32Array> {
  const voice = await sampleVoice();
  const peak = voice.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const from = voice.findIndex((sample) => Math.abs(sample) > 0.3 * peak);
  return voice.slice(from, from + ms * 48);
}

/** Luma of the mouth, on a small grid. */
function mouthOf(data: Uint8Array, width: number, height: number, [x, y, w, h]: number[]): number[] {
  return Array.from({ length: MOUTH.width * MOUTH.height }, (_, i) => {
    const column = Math.floor((x + ((i % MOUTH.width) * w) / MOUTH.width) * width);
    const row = Math.floor((y + (Math.floor(i / MOUTH.width) * h) / MOUTH.height) * height);
    return data[row * width + column];
  });
}
