import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveKitServer } from '../../test/support/livekit-server.ts';
import type { TestServer } from '../../test/support/server.ts';
import { atMost, type Row } from '../report.ts';
import { quantile } from '../statistics.ts';
import { noPageListener, PageListener } from './page-listener.ts';
import { Participant, SOUND_RATE_HZ } from './participants.ts';
import { openAvatar } from './room.ts';

const CLEARS = 8;
const CLEAR_AFTER_MS = 1500;
const SETTLE_MS = 4000;
/** Of 1. */
const QUIET = 0.015;

/** From the call of a clear to the last that is heard of what was cleared, in Chromium. */
export async function clearRows(
  livekit: LiveKitServer,
  server: TestServer,
): Promise<{ rows: Row[]; details: unknown; skipped: string[] }> {
  if (noPageListener) return { rows: [], details: [], skipped: [`silence: ${noPageListener}`] };
  const room = 'clears';
  const tone = Float32Array.from({ length: 10 * SOUND_RATE_HZ }, (_, i) => 0.4 * Math.sin(i * 0.04));
  const page = await PageListener.join(livekit, room, `${server.url}/healthz`);
  const agent = await Participant.join({ keys: livekit, room, identity: 'agent', takes: [] });
  const close = await openAvatar(livekit, server, room, {});
  const ear: number[] = [];
  await sleep(SETTLE_MS);
  for (let i = 0; i < CLEARS; i++) {
    await agent.say(tone);
    await sleep(CLEAR_AFTER_MS + 70 * i);
    const clearedMs = await agent.clear();
    await sleep(1200);
    const sound = await page.tell();
    const loud = sound.findLast(({ peak }) => peak > QUIET);
    if (loud) ear.push(Math.max(0, loud.atMs - clearedMs));
  }
  await close();
  await agent.close();
  await page.close();
  const rows: Row[] = [
    {
      measure: `clear called → silent at the ear in Chromium, median of ${ear.length}`,
      value: quantile(ear, 0.5),
      unit: 'ms',
    },
    atMost('the same, p95', quantile(ear, 0.95), 150, 'ms'),
  ];
  return { rows, details: ear, skipped: [] };
}
