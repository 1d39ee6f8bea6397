import { type IncomingMessage, type OutgoingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { VultusError } from '../errors.ts';
import type { DialPolicy } from './dial-policy.ts';

export interface DialRequest {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
  signal: AbortSignal;
}

/**
 * One request by http or https, to an address that the policy allows; where it redirects to is not followed.
 * @returns its answer, of which the body is still to be read, or thrown away by `destroy`
 * @throws VultusError `address_not_allowed`, `address_unknown`; whatever else the network brings as it is
 */
export async function dialRequest(
  url: string,
  policy: DialPolicy,
  { body, ...options }: DialRequest,
): Promise<IncomingMessage> {
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
    request(target, { ...options, lookup, agent: false })
      .once('response', resolve)
      .once('error', reject)
      .end(body);
  });
}

/**
 * Where an answer points whoever asked (RFC 9110 §10.2.2, §15.4).
 * @returns undefined where it is no address, or where what went by https would go by http
 */
export function pointedTo(from: string, location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location, from)) return undefined;
  const to = new URL(location, from);
  return new URL(from).protocol === 'https:' && to.protocol !== 'https:' ? undefined : to.href;
}

/** @throws whatever `tooLong` makes, where there is more than that */
export async function readAnswer(
  answer: IncomingMessage,
  mostBytes: number,
  tooLong: () => Error,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) throw tooLong();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
