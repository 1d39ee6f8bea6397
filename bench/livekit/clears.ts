import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveKitServer } from '../../test/support/livekit-server.ts';
import type { TestServer } from '../../test/support/server.ts';
import { atMost, type Row } from '../report.ts';
import { quantile } from '../statistics.ts';
import { type ListensAt, noPageListener, PageListener } from './page-listener.ts';
import { Participant, SOUND_RATE_HZ } from './participants.ts';
import { openAvatar } from './room.ts';

const CLEARS = 8;
const CLEAR_AFTER_MS = 1500;
const SETTLE_MS = 4000;
const PLACES: readonly ListensAt[] = ['wire', 'ear'];
const WORDS: Record<ListensAt, string> = { wire: 'on the wire to Chromium', ear: 'at the ear in Chromium' };
/** At the ear of 1; on the wire bytes: a packet of silence has 3, one of the tone 160. */
const QUIET: Record<ListensAt, number> = { ear: 0.015, wire: 60 };

/** From the call of a clear to the last of what was cleared: that comes from the network, and that is heard, in Chromium. */
export async function clearRows(
  livekit: LiveKitServer,
  server: TestServer,
): Promise<{ rows: Row[]; details: unknown; skipped: string[] }> {
  if (noPageListener) return { rows: [], details: [], skipped: [`silence: ${noPageListener}`] };
  const room = 'clears';
  const tone = Float32Array.from({ length: 4 * SOUND_RATE_HZ }, (_, i) => 0.4 * Math.sin(i * 0.04));
  const site = `${server.url}/healthz`;
  const listeners = {
    wire: await PageListener.join(livekit, { room, at: 'wire', site }),
    ear: await PageListener.join(livekit, { room, at: 'ear', site }),
  };
  const agent = await Participant.join({ keys: livekit, room, identity: 'agent', takes: [] });
  const close = await openAvatar(livekit, server, room, {});
  const silences: Record<ListensAt, number[]> = { wire: [], ear: [] };
  await sleep(SETTLE_MS);
  for (let i = 0; i < CLEARS; i++) {
    await agent.say(tone);
    await sleep(CLEAR_AFTER_MS + 70 * i);
    const clearedMs = await agent.clear();
    await sleep(1200);
    for (const at of PLACES) {
      const loud = (await listeners[at].tell()).findLast(({ loudness }) => loudness > QUIET[at]);
      if (loud) silences[at].push(Math.max(0, loud.atMs - clearedMs));
    }
  }
  await close();
  await agent.close();
  for (const at of PLACES) await listeners[at].close();
  const rows: Row[] = PLACES.flatMap((at) => [
    {
      measure: `clear called → silent ${WORDS[at]}, median of ${silences[at].length} of ${CLEARS}`,
      value: quantile(silences[at], 0.5),
      unit: 'ms',
    },
    atMost('the same, p95', quantile(silences[at], 0.95), 150, 'ms'),
  ]);
  return { rows, details: silences, skipped: [] };
}
