/**
 * Viewers of one session by WHEP, made of werift, in a process of their own. Forked with the address; it is sent a
 * number of viewers and answers with the pictures that each has received since it was sent the number before.
 */
import { player, SDP } from '../../test/support/whip-peer.ts';

const [url] = process.argv.slice(2);
const received: number[] = [];

process.on('message', async (viewers: number) => {
  const before = received.splice(0, received.length, ...received.map(() => 0));
  while (received.length < viewers) await join();
  process.send?.(before);
});
process.once('disconnect', () => process.exit());
process.send?.([]);

async function join(): Promise<void> {
  const at = received.push(0) - 1;
  const { peer, sdp } = await player(() => received[at]++);
  const answer = await fetch(url, { method: 'POST', headers: SDP, body: sdp });
  if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
  await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
}
