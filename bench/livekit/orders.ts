import { roomToken } from '../../test/support/livekit-room.ts';
import type { LiveKitServer } from '../../test/support/livekit-server.ts';
import { PythonProgram, pythonLacks } from '../../test/support/python.ts';
import type { TestServer } from '../../test/support/server.ts';
import { atMost, type Row } from '../report.ts';

const ORDERS = 200;
const SEED = 20_261_130;
const PATIENCE_MS = 30 * 60_000;

/** Random orders of saying, ending and clearing, by the sender of livekit-agents: each segment has one end. */
export async function orderRows(
  livekit: LiveKitServer,
  server: TestServer,
): Promise<{ rows: Row[]; skipped: string[] }> {
  const missing = pythonLacks('livekit.agents');
  if (missing) return { rows: [], skipped: [`random orders: ${missing}`] };
  const room = 'orders';
  const token = await roomToken(livekit, 'avatar', { room, agent: true, onBehalfOf: 'agent' });
  const agent = new PythonProgram('livekit_agent.py');
  try {
    const agentToken = await roomToken(livekit, 'agent', { room, agent: true });
    agent.tell({ do: 'connect', url: livekit.url, token: agentToken });
    await agent.next(({ event }) => event === 'connected');
    await fetch(`${server.url}/v1/livekit/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ avatarId: server.avatar.id, size: 256, url: livekit.url, token }),
    });
    agent.tell({ do: 'open', avatar: 'avatar' });
    agent.tell({ do: 'orders', count: ORDERS, seed: SEED, limit: 10 });
    await agent.next(({ event, order }) => event === 'order' && order === ORDERS - 1, PATIENCE_MS);
    const settled = agent.events.filter(({ event }) => event === 'settled');
    let [before, wrong] = [0, 0];
    for (const { segments, finished } of settled as { segments: number; finished: number }[]) {
      if (segments - finished !== before) wrong++;
      before = segments - finished;
    }
    const { segments } = settled.at(-1) as { segments: number };
    return {
      rows: [
        { measure: `random orders of a real sender, segments in them`, value: `${ORDERS}, ${segments}` },
        atMost('of these, with an end too few or too many', wrong, 0),
      ],
      skipped: [],
    };
  } finally {
    await agent.close();
  }
}
