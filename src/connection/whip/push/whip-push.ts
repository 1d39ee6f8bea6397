import { randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Containment } from '../../../containment.ts';
import type { VideoCodec } from '../../../contract/formats.ts';
import { toVultusError, VultusError } from '../../../errors.ts';
import type { SessionApi } from '../../../session/session-api.ts';
import { Attachment } from '../../attachment.ts';
import type { CloseReason, Connection, ConnectionEvents } from '../../connection.ts';
import type { DialPolicy } from '../../dial-policy.ts';
import type { IceServer } from '../../webrtc/webrtc-options.ts';
import { dialableServers } from './dialable-servers.ts';
import { PublishingPeer, type PublishingPeerOptions } from './publishing-peer.ts';
import { type Published, WhipClient, type WhipTarget } from './whip-client.ts';

export interface WhipPushOptions extends PublishingPeerOptions {
  /** What may be dialled: the endpoint, where it redirects to, and the TURN servers that it names. */
  policy: DialPolicy;
  /** Of our own; those of the endpoint come behind them. */
  iceServers?: IceServer[];
  /** For how long the first try may fail, and how long one that was lost is tried again. */
  patienceMs?: { first: number; lost: number };
}

interface WhipPushEvents extends ConnectionEvents {
  /** Media goes out; the first time. */
  live: [];
}

const PATIENCE_MS = { first: 20_000, lost: 120_000 };
const RETRY_AFTER_MS = { least: 500, most: 16_000 };
/** An endpoint that hangs up sooner is asked less and less often, as one that refuses is. */
const STEADY_MS = 30_000;
/** It is no use asking again. */
const FINAL: readonly string[] = [
  'push_refused',
  'address_not_allowed',
  'address_unknown',
  'dependency_unsupported',
];

/**
 * A session's picture and voice, published to a WHIP endpoint (RFC 9725): the endpoint is the viewer, and we dial. One
 * that is lost is published anew, until its endpoint refuses or has been gone for too long.
 */
export class WhipPush extends EventEmitter<WhipPushEvents> implements Connection {
  readonly kind = 'whip-push';
  readonly role = 'view';
  readonly #target: WhipTarget;
  readonly #options: WhipPushOptions;
  readonly #client: WhipClient;
  readonly #walls = new Containment((error) => this.#end('failed', error));
  #attachment: Attachment | undefined;
  #peer: PublishingPeer | undefined;
  #published: Published | undefined;
  #retry: NodeJS.Timeout | undefined;
  #tries = 0;
  /** Since when something goes out; infinite while nothing does. */
  #connectedMs = Number.POSITIVE_INFINITY;
  /** Since when nothing goes out; undefined while something does. */
  #lostMs: number | undefined;
  #wasLive = false;
  #closed = false;
  #goodbye: Promise<unknown> = Promise.resolve();

  constructor(target: WhipTarget, options: WhipPushOptions) {
    super();
    this.#target = target;
    this.#options = options;
    this.#client = new WhipClient(target, options.policy);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get joined(): boolean {
    return this.#wasLive;
  }

  /** Of the endpoint, as it was given. */
  get url(): string {
    return this.#target.url;
  }

  get live(): boolean {
    return !this.#closed && this.#lostMs === undefined;
  }

  /** Of its pictures, and what its network carries of them; undefined until they go out. */
  get video(): { codec: VideoCodec; bitrateKbps: number } | undefined {
    const { codec, network } = this.#peer ?? {};
    return codec && network && { codec, bitrateKbps: network.bitrateKbps };
  }

  /** Resolves once the endpoint has been told that no more comes, as far as it can be told. */
  get goodbye(): Promise<unknown> {
    return this.#goodbye;
  }

  /** Begins to publish. Throws `session_closed`. */
  attach(session: SessionApi): void {
    const attachment = new Attachment(session, this.#walls);
    this.#attachment = attachment;
    this.#lostMs = performance.now();
    attachment.on({ closed: (error) => this.#end('session closed', error) });
    this.#begin(attachment);
  }

  close(reason?: VultusError): void {
    this.#end('closed', reason);
  }

  #begin(attachment: Attachment): void {
    attachment.contain(() => {
      const peer = this.#newPeer(attachment);
      this.#peer = peer;
      this.#publish(peer).catch((cause) => {
        // Of one that was given up: another has begun, or none is wanted.
        if (this.#peer === peer) this.#fail(attachment, toVultusError(cause));
      });
    });
  }

  #newPeer(attachment: Attachment): PublishingPeer {
    const peer: PublishingPeer = new PublishingPeer(
      attachment.session.settings,
      attachment,
      {
        connected: () => this.#onConnected(peer),
        lost: (detail) => {
          if (this.#peer === peer) this.#fail(attachment, new VultusError('push_unreachable', detail));
        },
      },
      this.#options,
    );
    return peer;
  }

  async #publish(peer: PublishingPeer): Promise<void> {
    const { policy, iceServers = [] } = this.#options;
    const published = await this.#client.publish(await peer.offer());
    if (this.#peer !== peer) {
      this.#goodbye = this.#client.leave(published);
      return;
    }
    this.#published = published;
    const servers = [...iceServers, ...(await dialableServers(published.iceServers, policy))];
    if (this.#peer !== peer) return;
    const candidates = await peer.answered(published.answerSdp, servers);
    await this.#client.trickle(published, candidates);
  }

  #onConnected(peer: PublishingPeer): void {
    if (this.#peer !== peer) return;
    this.#connectedMs = performance.now();
    this.#lostMs = undefined;
    if (this.#wasLive) return;
    this.#wasLive = true;
    this.emit('live');
  }

  /** What was begun is given up, and begun anew where that is of use. */
  #fail(attachment: Attachment, error: VultusError): void {
    if (this.#closed) return;
    this.#leave();
    const nowMs = performance.now();
    this.#lostMs ??= nowMs;
    if (nowMs - this.#connectedMs > STEADY_MS) this.#tries = 0;
    this.#connectedMs = Number.POSITIVE_INFINITY;
    const { first, lost } = this.#options.patienceMs ?? PATIENCE_MS;
    const { least, most } = RETRY_AFTER_MS;
    const usualMs = Math.min(most, least * 2 ** this.#tries++);
    // Not all of those that an endpoint has lost at once come back at once.
    const afterMs = error.retryAfterS ? error.retryAfterS * 1000 : randomInt(usualMs / 2, usualMs + 1);
    const isOver = nowMs + afterMs - this.#lostMs > (this.#wasLive ? lost : first);
    if (error.code === 'internal') this.#walls.fail(error);
    else if (FINAL.includes(error.code)) this.#end('peer left', error);
    else if (isOver) this.#end('connection lost', error);
    else this.#retry = setTimeout(() => this.#begin(attachment), afterMs).unref();
  }

  #leave(): void {
    const [peer, published] = [this.#peer, this.#published];
    this.#peer = undefined;
    this.#published = undefined;
    peer?.close();
    if (published) this.#goodbye = this.#client.leave(published);
  }

  /** Idempotent. */
  #end(why: CloseReason, error?: VultusError): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#client.abort();
    this.#leave();
    this.#attachment?.close();
    this.emit('closed', why, error);
  }
}
