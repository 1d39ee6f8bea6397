/**
 * One who is in a room, in a process of its own: its thread waits for nobody else's work, and others' for none of it.
 * Forked with a `Joining`; it answers each `Order` with one `Report`, the first one after it has joined.
 */
import type { ByteStreamWriter } from '@livekit/rtc-node';
import { RoomViewer } from '../../test/support/livekit-room.ts';
import { mean } from '../statistics.ts';
import {
  type Joining,
  type Order,
  type Report,
  SENT_RATE_HZ,
  type Seen,
  SOUND_RATE_HZ,
} from './participants.ts';

const MOUTH = { width: 24, height: 15 };
/** Of 32767. */
const LOUD = 3000;
/** Of a frame of speech synthesis: 100 ms, s16le. */
const FRAME_BYTES = SENT_RATE_HZ / 5;
/** From the clock of this process to the machine's, which all processes read alike. */
const OFFSET_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

const { keys, room, identity, takes, mouth }: Joining = JSON.parse(process.argv[2]);
let seen: Seen = { pictures: [], sound: [] };
const viewer = await RoomViewer.join(keys, room, identity, takes);
viewer.onPicture = (data, width, height, atMs) =>
  seen.pictures.push({
    atMs: atMs + OFFSET_MS,
    luma: mean(data.subarray(0, width * height)),
    mouth: mouth ? mouthOf(data, width, height, mouth) : [],
  });
viewer.onSound = (samples, atMs) => {
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const first = samples.findIndex((sample) => Math.abs(sample) > LOUD);
  const beforeMs = (1000 * (samples.length - Math.max(0, first))) / SOUND_RATE_HZ;
  seen.sound.push({
    atMs: atMs + OFFSET_MS,
    loudest,
    onsetMs: first < 0 ? undefined : atMs + OFFSET_MS - beforeMs,
  });
};
process.on('message', (order: Order) => void carryOut(order));
process.once('disconnect', () => process.exit());
report({ atMs: nowMs() });

async function carryOut(order: Order): Promise<void> {
  const atMs = nowMs();
  if (order.do === 'say') await say(order.voice);
  else if (order.do === 'clear') await clear();
  else if (order.do === 'tell') {
    report({ atMs, seen });
    seen = { pictures: [], sound: [] };
    return;
  }
  report({ atMs });
}

/** As one segment, faster than it is heard. */
async function say(voice: Uint8Array): Promise<void> {
  const writer: ByteStreamWriter = await viewer.room.localParticipant!.streamBytes({
    name: 'AUDIO_bench',
    topic: 'lk.audio_stream',
    destinationIdentities: ['avatar'],
    attributes: { sample_rate: String(SENT_RATE_HZ), num_channels: '1' },
  });
  for (let at = 0; at < voice.length; at += FRAME_BYTES)
    await writer.write(voice.subarray(at, at + FRAME_BYTES));
  await writer.close();
}

async function clear(): Promise<void> {
  const method = 'lk.clear_buffer';
  await viewer.room.localParticipant!.performRpc({ destinationIdentity: 'avatar', method, payload: '' });
}

/** Luma of the mouth, on a small grid. */
function mouthOf(data: Uint8Array, width: number, height: number, [x, y, w, h]: number[]): number[] {
  return Array.from({ length: MOUTH.width * MOUTH.height }, (_, i) => {
    const column = Math.floor((x + ((i % MOUTH.width) * w) / MOUTH.width) * width);
    const row = Math.floor((y + (Math.floor(i / MOUTH.width) * h) / MOUTH.height) * height);
    return data[row * width + column];
  });
}

function nowMs(): number {
  return performance.now() + OFFSET_MS;
}

function report(what: Report): void {
  process.send?.(what);
}
