import { setTimeout as sleep } from 'node:timers/promises';
import { LiveKitConnection } from '../../src/connection/livekit/livekit-connection.ts';
import { Rooms } from '../../src/connection/livekit/rooms.ts';
import { RoomViewer, roomToken } from '../../test/support/livekit-room.ts';
import type { LiveKitServer } from '../../test/support/livekit-server.ts';
import { FLASH_EVERY_MS, TestSession } from '../../test/support/test-session.ts';
import { atMost, type Row } from '../report.ts';
import { mean, quantile } from '../statistics.ts';

const WATCH_MS = 40_000;
/** The client's buffers for sound and picture find their size first. */
const SETTLE_MS = 8000;
const SIZE = 256;
/** Of the flash, which is white, and of the beep. */
const [WHITE, LOUD] = [200, 3000];

/** |A−V|: flashes and beeps that begin together, by the whole way from a session to a subscriber. */
export async function syncRows(livekit: LiveKitServer): Promise<{ rows: Row[]; details: unknown }> {
  const room = 'sync';
  const session = new TestSession('h264', SIZE);
  const rooms = new Rooms({ rules: ['127.0.0.1'] });
  const viewer = await RoomViewer.join(livekit, room);
  const [flashes, beeps] = [new Onsets(), new Onsets()];
  viewer.onPicture = (data, width, height, atMs) =>
    flashes.note(mean(data.subarray(0, width * height)) > WHITE, atMs);
  viewer.onSound = (samples, atMs) => {
    const first = samples.findIndex((sample) => Math.abs(sample) > LOUD);
    beeps.note(first >= 0, atMs - (1000 * (samples.length - Math.max(0, first))) / 48_000);
  };
  try {
    const token = await roomToken(livekit, 'avatar', { room, agent: true });
    const connection = new LiveKitConnection(rooms, { url: livekit.url, token });
    const joined = new Promise<void>((resolve) => connection.once('joined', resolve));
    connection.attach(session);
    await joined;
    await sleep(SETTLE_MS);
    flashes.atMs.length = 0;
    beeps.atMs.length = 0;
    await sleep(WATCH_MS);
    connection.close();
  } finally {
    session.close();
    await viewer.close();
    await rooms.close();
  }
  const offsets = beeps.atMs.flatMap((beepMs) => {
    const flashMs = flashes.atMs.find((ms) => Math.abs(ms - beepMs) < FLASH_EVERY_MS / 2);
    return flashMs === undefined ? [] : [beepMs - flashMs];
  });
  const rows = [
    atMost('|voice − picture|, mean offset', Math.abs(mean(offsets)), 45, 'ms'),
    {
      measure: 'the same, p95 of single flashes (one picture is 40 ms)',
      value: quantile(offsets.map(Math.abs), 0.95),
      unit: 'ms',
    },
    {
      measure: 'flashes that were both seen and heard',
      value: `${offsets.length} of ${WATCH_MS / FLASH_EVERY_MS}`,
    },
  ];
  return { rows, details: offsets };
}

/** When something begins that was not there before. */
class Onsets {
  readonly atMs: number[] = [];
  #on = true;

  note(on: boolean, atMs: number): void {
    if (on && !this.#on) this.atMs.push(atMs);
    this.#on = on;
  }
}
