import fc from 'fast-check';
import { damagedText } from '../damaged.ts';
import type { FuzzedServer } from '../fuzzed-server.ts';
import { CHROME_OFFER, FIREFOX_OFFER, PLAYER_OFFER, PUBLISHER_OFFER } from '../sample-offers.ts';
import { serverTarget } from '../target.ts';
import { expectMeant } from './http.ts';

/** `$session`, `$peer`, `$tag`: of one that there is, or was. */
interface Step {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

const FRAGMENT = [
  'a=ice-ufrag:ysXw',
  'a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k',
  'm=audio 9 UDP/TLS/RTP/SAVPF 0',
  'a=mid:0',
  'a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1',
  'a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0',
  'a=candidate:4 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active',
  'a=candidate:5 1 udp 2122194687 4d9f6c1e.local 5000 typ host',
  'a=end-of-candidates',
  '',
].join('\r\n');

const types = fc.constantFrom(
  'application/sdp',
  'application/trickle-ice-sdpfrag',
  'application/sdp;charset=utf-8',
  'application/json',
  '',
);
const offered = fc.record({
  method: fc.constant('POST'),
  path: fc.constantFrom('whip', 'whep', 'whip?voiceInput=listen', 'whip?voiceInput=x', 'whep?token=x'),
  headers: fc.record({
    'content-type': fc.oneof({ weight: 9, arbitrary: fc.constant('application/sdp') }, types),
  }),
  body: damagedText(PUBLISHER_OFFER, PLAYER_OFFER, CHROME_OFFER, FIREFOX_OFFER),
});
const patched = fc.record({
  method: fc.constant('PATCH'),
  path: fc.constantFrom('$peer', '$peer', 'whip/nobody', 'whep/..%2f', `whip/${'a'.repeat(150)}`),
  headers: fc.record(
    {
      'content-type': fc.oneof(
        { weight: 9, arbitrary: fc.constant('application/trickle-ice-sdpfrag') },
        types,
      ),
      'if-match': fc.constantFrom('*', '$tag', '"x"', 'W/$tag', '"x", $tag', ''),
    },
    { requiredKeys: ['content-type'] },
  ),
  body: fc.oneof(
    damagedText(FRAGMENT, PLAYER_OFFER),
    fc.nat(200_000).map((length) => 'a=x\n'.repeat(length / 4)),
  ),
});
const other = fc.record({
  method: fc.constantFrom('DELETE', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'POST'),
  path: fc.constantFrom('$peer', 'whip', 'whep', 'whip/nobody'),
  headers: fc.constant({}),
});

/** Publishers and players that offer, change and leave, as they should and otherwise. */
export const whip = serverTarget<Step[]>({
  name: 'whip',
  runsInSuite: 20,
  async open(server) {
    const inputs = fc.array(fc.oneof(offered, patched, other) as fc.Arbitrary<Step>, { maxLength: 25 });
    return { inputs, attempt: (steps) => takeAll(server, steps) };
  },
});

async function takeAll(server: FuzzedServer, steps: readonly Step[]): Promise<void> {
  // The neighbour's own: it is to feel nothing of them.
  const base = `/v1/sessions/${server.neighbourId}/`;
  let [peer, tag] = ['whip/nobody', '"none"'];
  const peers: string[] = [];
  try {
    for (const { method, path, headers, body } of steps) {
      const filled = Object.entries(headers).map(([name, value]) => [name, value.replace('$tag', tag)]);
      const place = base + path.replace('$peer', peer);
      const answer = await fetch(server.url + place, {
        method,
        headers: Object.fromEntries(filled),
        body: body ?? null,
        signal: AbortSignal.timeout(30_000),
      });
      const text = await answer.text();
      expectMeant({ method, path: place }, answer, text);
      if (answer.status === 201) {
        const complete = text.startsWith('v=0') && text.includes('a=setup:') && text.includes('a=candidate:');
        if (!complete) throw new Error(`answered with ${text}`);
        peers.push(answer.headers.get('location')!);
        peer = answer.headers.get('location')!.slice(base.length).replace(/\?.*/, '');
      }
      tag = answer.headers.get('etag') ?? tag;
    }
  } finally {
    await Promise.all(peers.map((place) => fetch(server.url + place, { method: 'DELETE' })));
  }
}
