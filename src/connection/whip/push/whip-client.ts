/** The publishing side of WHIP (RFC 9725) as far as it is HTTP. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { VultusError } from '../../../errors.ts';
import type { DialPolicy } from '../../dial-policy.ts';
import { dialRequest, pointedTo, readAnswer } from '../../dial-request.ts';
import type { IceServer } from '../../webrtc/webrtc-options.ts';
import { parseIceServerLinks } from '../ice-server-links.ts';

export interface WhipTarget {
  /** Of the endpoint: http or https. */
  url: string;
  /** Without the word Bearer. */
  bearerToken?: string | undefined;
}

/** What the endpoint has made of an offer. */
export interface Published {
  answerSdp: string;
  /** Of the session there; undefined where it told none, and so cannot be told anything any more. */
  resourceUrl: string | undefined;
  /** Of its ICE session, as it stands in `If-Match`. */
  tag: string | undefined;
  iceServers: IceServer[];
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** Where it came from, after all redirects. */
  url: string;
}

const PATIENCE_MS = 10_000;
/** Nobody waits for a goodbye. */
const FAREWELL_MS = 2000;
const MOST_REDIRECTS = 3;
const MOST_ANSWER_BYTES = 256 * 1024;
const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
/** Whoever answers so may answer otherwise later. */
const PASSING = new Set([408, 425, 429]);
/** A longer wait is asked for by nobody who means it. */
const MOST_RETRY_AFTER_S = 3600;

/**
 * Speaks to one endpoint; whatever is dialled is looked at by the policy, where it redirects to as well. Its bearer token
 * is for its own origin (RFC 6454): others that it names are asked without (RFC 9110 §15.4, RFC 6750 §5.3).
 */
export class WhipClient {
  readonly #target: WhipTarget;
  readonly #policy: DialPolicy;
  readonly #abort = new AbortController();

  constructor(target: WhipTarget, policy: DialPolicy) {
    this.#target = target;
    this.#policy = policy;
  }

  /**
   * Sends an offer.
   * @throws VultusError `push_refused` where it is no use asking again, `push_unreachable` (with `retryAfterS` where
   * the endpoint says when), `address_not_allowed`, `address_unknown`
   */
  async publish(offerSdp: string): Promise<Published> {
    const answer = await this.#send('POST', this.#target.url, offerSdp, { 'content-type': SDP, accept: SDP });
    const { status, headers, body, url } = answer;
    if (status !== 201 && status !== 200) throw refusal(answer);
    if (!body.startsWith('v=0')) throw new VultusError('push_refused', 'its answer is no SDP');
    const { location, etag, link } = headers;
    return {
      answerSdp: body,
      resourceUrl: pointedTo(url, location),
      tag: etag,
      iceServers: parseIceServerLinks(link),
    };
  }

  /** Tells our candidates (§4.3.2); one that takes none finds us all the same, by our own checks. */
  async trickle({ resourceUrl, tag }: Published, fragment: string): Promise<void> {
    if (resourceUrl === undefined) return;
    const headers = { 'content-type': FRAGMENT, ...(tag !== undefined && { 'if-match': tag }) };
    await this.#send('PATCH', resourceUrl, fragment, headers).catch(() => {});
  }

  /** Ends the session there (§4.2), as far as that arrives. */
  async leave({ resourceUrl }: Published): Promise<void> {
    if (resourceUrl === undefined) return;
    const signal = AbortSignal.timeout(FAREWELL_MS);
    await this.#send('DELETE', resourceUrl, undefined, {}, signal).catch(() => {});
  }

  /** Nothing is waited for any more but goodbyes. */
  abort(): void {
    this.#abort.abort();
  }

  async #send(
    method: string,
    url: string,
    body: string | undefined,
    headers: OutgoingHttpHeaders,
    signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(PATIENCE_MS)]),
  ): Promise<Answer> {
    const bytes = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    let next = url;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const all = { ...headers, ...bytes, ...this.#credentials(next) };
      const answer = await this.#once(next, { method, body, signal, headers: all });
      const { status, headers: told } = answer;
      // Others turn a POST into a GET (RFC 9110 §15.4); by these an endpoint shares its load (RFC 9725 §4.5).
      if (status !== 307 && status !== 308) return answer;
      const to = pointedTo(next, told.location);
      if (to === undefined)
        throw new VultusError('push_refused', 'redirects to nowhere, or from https to http');
      next = to;
    }
    throw new VultusError('push_refused', `redirects more than ${MOST_REDIRECTS} times`);
  }

  #credentials(url: string): OutgoingHttpHeaders {
    const { bearerToken, url: own } = this.#target;
    if (bearerToken === undefined || URL.parse(url)?.origin !== URL.parse(own)?.origin) return {};
    return { authorization: `Bearer ${bearerToken}` };
  }

  async #once(url: string, request: Parameters<typeof dialRequest>[2]): Promise<Answer> {
    try {
      const answer = await dialRequest(url, this.#policy, request);
      const tooLong = () => new VultusError('push_refused', 'its answer is too long');
      const body = (await readAnswer(answer, MOST_ANSWER_BYTES, tooLong)).toString();
      return { status: answer.statusCode ?? 0, headers: answer.headers, body, url };
    } catch (cause) {
      if (cause instanceof VultusError) throw cause;
      throw new VultusError('push_unreachable', 'no answer', { cause });
    }
  }
}

/** Only what is said in numbers: whoever may name addresses is not shown what lies there. */
function refusal({ status, headers }: Answer): VultusError {
  const detail = `answered with status ${status}`;
  if (status < 500 && !PASSING.has(status)) return new VultusError('push_refused', detail);
  const retryAfterS = Number(headers['retry-after']);
  const known = retryAfterS > 0 && retryAfterS <= MOST_RETRY_AFTER_S;
  return new VultusError('push_unreachable', detail, known ? { retryAfterS: Math.ceil(retryAfterS) } : {});
}
