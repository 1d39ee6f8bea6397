import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import type { DialPolicy } from '../connection/dial-policy.ts';
import { VultusError } from '../errors.ts';
import { MAX_IMAGE_FILE_BYTES } from '../image/image-file.ts';

const MOST_REDIRECTS = 3;
const PATIENCE_MS = 10_000;

/**
 * A picture from its address (http, https), as far as the policy allows: every address is looked at before it is
 * dialled, those that others redirect to as well.
 * @throws VultusError `address_not_allowed`, `address_unknown`, `portrait_unreachable`, `portrait_too_many_bytes`
 */
export async function fetchPortrait(
  url: string,
  policy: DialPolicy,
  { patienceMs = PATIENCE_MS, signal }: { patienceMs?: number; signal?: AbortSignal } = {},
): Promise<Buffer> {
  const patience = AbortSignal.timeout(patienceMs);
  const given = signal ? AbortSignal.any([patience, signal]) : patience;
  try {
    let next = url;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const answer = await get(next, policy, given);
      const { statusCode = 0, headers } = answer;
      if (statusCode >= 300 && statusCode < 400 && headers.location) {
        answer.destroy();
        next = new URL(headers.location, next).href;
      } else if (statusCode === 200) return await readWhole(answer);
      else {
        answer.destroy();
        throw new VultusError('portrait_unreachable', `answered with status ${statusCode}`);
      }
    }
    throw new VultusError('portrait_unreachable', `redirected more than ${MOST_REDIRECTS} times`);
  } catch (cause) {
    if (cause instanceof VultusError) throw cause;
    throw new VultusError('portrait_unreachable', patience.aborted ? 'too slow' : 'no answer', { cause });
  }
}

async function get(url: string, policy: DialPolicy, signal: AbortSignal): Promise<IncomingMessage> {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target?.protocol !== 'http:' && target?.protocol !== 'https:')
    throw new VultusError('address_unknown', 'neither http nor https');
  const [address] = await policy.addresses(target.hostname);
  const lookup: LookupFunction = (_name, { all }, done) => {
    const family = isIPv6(address) ? 6 : 4;
    if (all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    request(target, { lookup, signal, agent: false, headers: { accept: 'image/*' } })
      .once('response', resolve)
      .once('error', reject)
      .end();
  });
}

async function readWhole(answer: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_IMAGE_FILE_BYTES) throw new VultusError('portrait_too_many_bytes');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
