/**
 * Viewers of one session by WebSocket, in a process of their own, so that the processor time of the server can be
 * told from theirs. The first one is the session's client and speaks; the others only watch.
 *
 * Forked with the address and the id of the session; it is sent a number of viewers and answers with the pictures
 * that each has received since it was sent the number before.
 */
import { type LiveConnection, speakPaced, Vultus } from '../../src/client/index.ts';
import { repeated, sampleVoice } from '../fixtures.ts';

const SPEAKS_S = 600;

const [url, id] = process.argv.slice(2);
const session = await new Vultus({ url }).sessions.get(id);
const owner = await session.connectWebSocket({ audio: { encoding: 's16le', sampleRateHz: 48000 } });
const received: number[] = [];
count(owner);
const voice = repeated(await sampleVoice(), SPEAKS_S);
void speakPaced(owner, voice, { sampleRateHz: 48000 }).catch(() => {});

process.on('message', async (viewers: number) => {
  const before = received.splice(0, received.length, ...received.map(() => 0));
  while (received.length < 1 + viewers) count(await session.connectWebSocket({ role: 'view' }));
  process.send?.(before);
});
process.once('disconnect', () => process.exit());
process.send?.([]);

function count(live: LiveConnection): void {
  const at = received.push(0) - 1;
  live.on('video', () => received[at]++);
}
