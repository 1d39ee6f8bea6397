import { setTimeout as sleep } from 'node:timers/promises';
import { roomToken } from '../../test/support/livekit-room.ts';
import type { LiveKitServer } from '../../test/support/livekit-server.ts';
import type { TestServer } from '../../test/support/server.ts';
import { galleryRig, sampleVoice } from '../fixtures.ts';
import { mouthBox, onsetToLips, type Watched } from '../latency/browser-delay.ts';
import { atMost, type Row } from '../report.ts';
import { quantile } from '../statistics.ts';
import { machineMs, Participant } from './participants.ts';

const JOINS = 5;
const CALLS = 16;
const [VOICE_MS, SILENCE_MS] = [1200, 1400];
/** Between two pictures. */
const [PHASE_MS, PHASES] = [7, 6];
/** Subscribers' buffers find their size first. */
const SETTLE_MS = 4000;

/** Join, first picture, lips, as others in the room see and hear it. */
export async function roomRows(
  livekit: LiveKitServer,
  server: TestServer,
): Promise<{ rows: Row[]; details: unknown }> {
  const joins: { joinedMs: number; pictureMs: number }[] = [];
  for (let i = 0; i < JOINS; i++) joins.push(await join(livekit, server, `join-${i}`));
  const delays: Record<string, (number | undefined)[]> = {};
  for (const latency of ['low', 'balanced']) delays[latency] = await lips(livekit, server, latency);
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
  ];
  return { rows, details: { joins, delays } };
}

async function join(livekit: LiveKitServer, server: TestServer, room: string) {
  const viewer = await Participant.join({
    keys: livekit,
    room,
    identity: 'viewer',
    takes: ['audio', 'video'],
  });
  const fromMs = machineMs();
  const close = await openAvatar(livekit, server, room, {});
  const joinedMs = machineMs() - fromMs;
  let [first] = (await viewer.tell()).pictures;
  while (!first) {
    await sleep(50);
    [first] = (await viewer.tell()).pictures;
  }
  await close();
  await viewer.close();
  return { joinedMs, pictureMs: first.atMs - fromMs };
}

/** Milliseconds from the first byte of each call to lips that leave their rest. */
async function lips(livekit: LiveKitServer, server: TestServer, latency: string) {
  const room = `lips-${latency}`;
  const mouth = mouthBox(await galleryRig());
  const voice = await loudVoice(VOICE_MS);
  const viewer = await Participant.join({ keys: livekit, room, identity: 'viewer', takes: ['video'], mouth });
  const agent = await Participant.join({ keys: livekit, room, identity: 'agent', takes: [] });
  const still = { head: { amplitude: 0 }, blinkRate: 0 };
  const close = await openAvatar(livekit, server, room, { latency, controls: still });
  await sleep(SETTLE_MS);
  const sound: Watched['sound'] = [];
  for (let call = 0; call < CALLS; call++) {
    const atMs = await agent.say(voice);
    sound.push(
      { atMs: atMs - SILENCE_MS, loudness: 0 },
      { atMs, loudness: 1 },
      { atMs: atMs + 1, loudness: 0 },
    );
    // Not always at the same moment between two pictures.
    await sleep(VOICE_MS + SILENCE_MS + PHASE_MS * (call % PHASES));
  }
  const { pictures } = await viewer.tell();
  await close();
  await agent.close();
  await viewer.close();
  return onsetToLips({ sound, pictures });
}

/** An avatar joins the room. @returns closes its session */
export async function openAvatar(livekit: LiveKitServer, server: TestServer, room: string, more: object) {
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

async function loudVoice(ms: number): Promise<Float32Array> {
  const voice = await sampleVoice();
  const peak = voice.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const from = voice.findIndex((sample) => Math.abs(sample) > 0.3 * peak);
  return voice.slice(from, from + ms * 48);
}
