import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { pythonLacks, runPython } from '../../support/python.ts';
import { ServerHealth } from '../peer/server-health.ts';
import { serverTarget } from '../target.ts';

/** Of one seed: some connections. */
const SECONDS = 20;
/** On a machine that is busy. */
const MOST_MS = 110_000;
const PEER = fileURLToPath(new URL('../python/aiortc_peer.py', import.meta.url));

/** A peer of another make than the server's own, which damages packets that were good, where Python has aiortc. */
export const aiortcPeer = serverTarget<number>({
  name: 'aiortc-peer',
  runsInSuite: 0,
  missing: () => pythonLacks('aiortc'),
  async open(server) {
    const health = new ServerHealth(server);
    return {
      inputs: fc.noShrink(fc.nat()),
      async attempt(seed) {
        const args = [PEER, server.url, server.avatarId, String(seed), String(SECONDS)];
        const { status, said } = await runPython(args, { limitMs: MOST_MS });
        await server.closeOtherSessions();
        if (status !== 0) throw new Error(`the peer ended with ${status}: ${said}`);
        await health.check();
      },
    };
  },
});
