import fc from 'fast-check';
import { ERRORS, type ErrorCode } from '../../../src/contract/error-codes.ts';
import { damagedText } from '../damaged.ts';
import type { FuzzedServer } from '../fuzzed-server.ts';
import { CHROME_OFFER } from '../sample-offers.ts';
import { serverTarget } from '../target.ts';
import { values } from './requests.ts';

/** `$session`, `$avatar`: of one that there is. */
interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** Of an error that may be answered with a status from 500 on. */
const MEANT: readonly ErrorCode[] = [
  'at_capacity',
  'server_busy',
  'too_many_viewers',
  'starting',
  'shutting_down',
];
const MOST_WAITING_MS = 30_000;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const ids = fc.oneof(
  fc.constantFrom('$session', '$avatar', 'nobody', '..', '%00', '%2e%2e%2f', '%ff', 'a'.repeat(300)),
  fc.string({ maxLength: 20 }).map(encodeURIComponent),
);
const paths = fc.oneof(
  fc.constantFrom('/', '/docs/json', '/healthz', '/readyz', '/metrics', '/v1/avatars', '/v1/sessions'),
  fc.tuple(fc.constantFrom('avatars', 'sessions'), ids).map(([kind, id]) => `/v1/${kind}/${id}`),
  fc
    .tuple(ids, fc.constantFrom('stream', 'webrtc', 'whip', 'whep', 'whep/nobody', ''))
    .map(([id, end]) => `/v1/sessions/${id}/${end}`),
  ids.map((id) => `/v1/avatars/${id}/preview`),
);
const queries = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc.constantFrom('?role=view', '?role=x', '?face=1', '?face=-1', '?name=%00', '?name=%ff', '?a[b]=c', '?%'),
);
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'image/png',
      'text/plain',
      'application/json; charset=x',
      ';',
    ),
    'content-encoding': fc.constantFrom('gzip', 'br', 'x'),
    accept: fc.constantFrom('*/*', 'text/html', ';q=9'),
    range: fc.constantFrom('bytes=0-', 'bytes=9-1', 'x'),
    'if-none-match': fc.string({ unit: 'grapheme-ascii' }),
    authorization: fc.string({ unit: 'grapheme-ascii' }),
    origin: fc.constantFrom('null', 'http://elsewhere.invalid'),
    'x-forwarded-for': fc.string({ unit: 'grapheme-ascii' }),
  },
  { requiredKeys: [] },
);
const session = fc.record(
  {
    avatarId: fc.constantFrom('$avatar', 'nobody'),
    size: fc.constantFrom(256, 255),
    fps: fc.constantFrom(25, 24),
  },
  { requiredKeys: ['avatarId'] },
);
const bodies = fc.oneof(
  values.map((value) => JSON.stringify(value)),
  session.map((value) => JSON.stringify(value)),
  damagedText(JSON.stringify({ type: 'offer', sdp: CHROME_OFFER })),
  damagedText(CHROME_OFFER).map((sdp) => JSON.stringify({ type: 'offer', sdp })),
  fc.string({ unit: 'binary' }),
  fc.integer({ min: 1, max: 60_000 }).map((depth) => '['.repeat(depth)),
);

const inputs = fc.array(
  fc.record(
    {
      method: fc.constantFrom(...METHODS),
      path: fc.tuple(paths, queries).map(([path, query]) => path + query),
      headers,
      body: bodies,
    },
    { requiredKeys: ['method', 'path', 'headers'] },
  ),
  { maxLength: 20 },
);

/** Any request is answered: well, or with a problem whose code is in the catalogue and no fault of the server's. */
export const http = serverTarget<Asked[]>({
  name: 'http',
  runsInSuite: 25,
  async open(server) {
    return { inputs, attempt: (asked) => askAll(server, asked) };
  },
});

async function askAll(server: FuzzedServer, asked: readonly Asked[]): Promise<void> {
  const session = await server.openSession();
  const filled = (text: string) =>
    text.replaceAll('$session', session.id).replaceAll('$avatar', server.avatarId);
  try {
    for (const one of asked) {
      const bodiless = one.method === 'GET' || one.method === 'HEAD';
      const response = await fetch(server.url + filled(one.path), {
        method: one.method,
        headers: one.headers,
        body: bodiless || one.body === undefined ? undefined : filled(one.body),
        signal: AbortSignal.timeout(MOST_WAITING_MS),
      });
      expectMeant(one, response, await response.text());
    }
  } finally {
    await server.closeOtherSessions();
  }
}

/** @throws Error where the answer is none that an honest server gives */
export function expectMeant(
  { method, path }: Pick<Asked, 'method' | 'path'>,
  { status, headers }: Response,
  text: string,
): void {
  const wrong = (what: string) => new Error(`${method} ${path}: ${status}, ${what} ${text.slice(0, 300)}`);
  if (status < 400 || method === 'HEAD') {
    if (status >= 500) throw wrong('of HEAD');
    return;
  }
  if (!headers.get('content-type')?.startsWith('application/problem+json')) throw wrong('no problem+json:');
  const { code } = JSON.parse(text) as { code: ErrorCode };
  if (!(code in ERRORS)) throw wrong('an unknown code:');
  if (ERRORS[code].status !== status) throw wrong('not the status of its code:');
  if (status >= 500 && !MEANT.includes(code)) throw wrong('a fault of the server:');
}
