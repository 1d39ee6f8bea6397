import { randomBytes } from 'node:crypto';
import { VultusError, withCode } from '../../errors.ts';
import type { SessionApi } from '../../session/session-api.ts';
import type { WebRtcConnection } from '../webrtc/webrtc-connection.ts';
import { credentialsOf, fragmentOfAnswer, offerAnew, parseTrickleFragment } from './trickle-fragment.ts';

/** 192 bits: nobody guesses one. */
const ID_BYTES = 24;

type Peer = Pick<WebRtcConnection, 'addCandidates' | 'close' | 'closed' | 'once' | 'restart'>;

/** One peer as WHIP and WHEP see it: a resource at an address of its own, with an entity tag for each ICE session. */
export class PeerResource {
  readonly id = randomBytes(ID_BYTES).toString('base64url');
  readonly #connection: Peer;
  #offerSdp: string;
  #tag = newTag();
  /** Restarts come one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: Peer, offerSdp: string) {
    this.#connection = connection;
    this.#offerSdp = offerSdp;
  }

  /** Of its ICE session now, as it stands in a header `ETag` (RFC 9110 §8.8.3). */
  get tag(): string {
    return this.#tag;
  }

  /**
   * Takes a fragment (RFC 9725 §4.3): candidates of the ICE session that `ifMatch` names, or credentials of a new one.
   * `restarting`: called before a restart, which costs as much as an offer.
   * @returns our side of a new ICE session; undefined where it goes on
   * @throws VultusError `precondition_required`, `precondition_failed`, `invalid_fragment`, `restart_failed`
   */
  async patch(
    body: string,
    ifMatch: string | undefined,
    restarting: () => () => void,
  ): Promise<string | undefined> {
    if (ifMatch === undefined) throw new VultusError('precondition_required');
    const fragment = parseTrickleFragment(body);
    // RFC 9725 writes the star in quotation marks too.
    const tags = ifMatch.split(',').map((tag) => tag.trim());
    if (!tags.some((tag) => tag === '*' || tag === '"*"' || tag === this.#tag)) {
      throw new VultusError('precondition_failed');
    }
    const { credentials, candidates } = fragment;
    if (!credentials || credentials.userFragment === credentialsOf(this.#offerSdp)?.userFragment) {
      this.#connection.addCandidates(candidates);
      return undefined;
    }
    const restarted = restarting();
    const answered = this.#last.then(() => this.#restart(offerAnew(this.#offerSdp, fragment)));
    this.#last = answered.catch(() => {});
    return answered.finally(restarted);
  }

  close(): void {
    this.#connection.close();
  }

  /** Where it fails, the ICE session that there is goes on. */
  async #restart(offerSdp: string): Promise<string> {
    let answer: string;
    try {
      answer = await this.#connection.restart(offerSdp);
    } catch (cause) {
      throw withCode('restart_failed', cause);
    }
    this.#offerSdp = offerSdp;
    this.#tag = newTag();
    return fragmentOfAnswer(answer);
  }
}

/** The peers that have come by WHIP or WHEP, until they leave. */
export class PeerResources {
  readonly #resources = new Map<string, { resource: PeerResource; session: SessionApi }>();

  add(session: SessionApi, connection: Peer, offerSdp: string): PeerResource {
    const resource = new PeerResource(connection, offerSdp);
    this.#resources.set(resource.id, { resource, session });
    connection.once('closed', () => this.#resources.delete(resource.id));
    return resource;
  }

  /** @throws VultusError `peer_not_found` */
  get(session: SessionApi, id: string): PeerResource {
    const known = this.#resources.get(id);
    if (known?.session !== session) throw new VultusError('peer_not_found');
    return known.resource;
  }
}

function newTag(): string {
  return `"${randomBytes(9).toString('base64url')}"`;
}
