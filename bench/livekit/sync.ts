import { setTimeout as sleep } from 'node:timers/promises';
import { LiveKitConnection } from '../../src/connection/livekit/livekit-connection.ts';
import { Rooms } from '../../src/connection/livekit/rooms.ts';
import { roomToken } from '../../test/support/livekit-room.ts';
import type { LiveKitServer } from '../../test/support/livekit-server.ts';
import { FLASH_EVERY_MS, TestSession } from '../../test/support/test-session.ts';
import { atMost, type Row } from '../report.ts';
import { mean, quantile } from '../statistics.ts';
import { Participant, type Seen } from './participants.ts';

const WATCH_MS = 25_000;
/** The client's buffers for sound and picture find their size first. */
const SETTLE_MS = 8000;
const SIZE = 256;
/** Of the flash. */
const WHITE = 200;

/** |A−V|: flashes and beeps that begin together, by the whole way from a session to a subscriber. */
export async function syncRows(livekit: LiveKitServer): Promise<{ rows: Row[]; details: unknown }> {
  const room = 'sync';
  const session = new TestSession('h264', SIZE);
  const rooms = new Rooms({ rules: ['127.0.0.1'] });
  const viewer = await Participant.join({
    keys: livekit,
    room,
    identity: 'viewer',
    takes: ['audio', 'video'],
  });
  let seen: Seen;
  try {
    const token = await roomToken(livekit, 'avatar', { room, agent: true });
    const connection = new LiveKitConnection(rooms, { url: livekit.url, token });
    const joined = new Promise<void>((resolve) => connection.once('joined', resolve));
    connection.attach(session);
    await joined;
    await sleep(SETTLE_MS);
    await viewer.tell();
    await sleep(WATCH_MS);
    seen = await viewer.tell();
    connection.close();
  } finally {
    session.close();
    await viewer.close();
    await rooms.close();
  }
  const flashes = onsets(seen.pictures.map(({ atMs, luma }) => (luma > WHITE ? atMs : undefined)));
  const beeps = onsets(seen.sound.map(({ onsetMs }) => onsetMs));
  const offsets = beeps.flatMap((beepMs) => {
    const flashMs = flashes.find((ms) => Math.abs(ms - beepMs) < FLASH_EVERY_MS / 2);
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
function onsets(moments: readonly (number | undefined)[]): number[] {
  return moments.flatMap((atMs, i) =>
    i > 0 && atMs !== undefined && moments[i - 1] === undefined ? [atMs] : [],
  );
}
