import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type MediaStreamTrack,
  RTCPeerConnection,
  useH264,
  useNACK,
  useOPUS,
  usePLI,
  useSdesMid,
  useTransportWideCC,
  useTWCC,
  useVP8,
} from 'werift';
import { sayGoodbye } from '../../src/connection/webrtc/werift/goodbye.ts';
import { orderHandshake } from '../../src/connection/webrtc/werift/handshake-order.ts';
import { numberRecords } from '../../src/connection/webrtc/werift/record-numbers.ts';

const CODECS = { h264: useH264, vp8: useVP8 };

/** What an endpoint does that does not simply take what comes; each is looked at anew at each request. */
export interface EndpointScript {
  /** In place of an answer. */
  refuse?: { status: number; headers?: Record<string, string> };
  codec?: keyof typeof CODECS;
  link?: string[];
  /** Of the session, in place of its own. */
  location?: string;
  trickles?: boolean;
}

/** A WHIP endpoint made of Node's HTTP and a receiver of werift: for what publishes to others. */
export class WhipEndpoint {
  readonly script: EndpointScript = {};
  /** `POST /whip Bearer …`, in their order. */
  readonly requests: string[] = [];
  readonly offers: string[] = [];
  readonly fragments: string[] = [];
  readonly received = { video: 0, audio: 0 };
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  #peer: RTCPeerConnection | undefined;

  static async start(): Promise<WhipEndpoint> {
    const endpoint = new WhipEndpoint();
    endpoint.#server.listen(0, '127.0.0.1');
    await once(endpoint.#server, 'listening');
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/whip`;
  }

  /** Of DTLS and ICE with the last publisher. */
  get state(): string | undefined {
    return this.#peer?.connectionState;
  }

  /** Its media goes away without a word; its HTTP stays. */
  async vanish(): Promise<void> {
    await this.#peer?.close();
  }

  /** Its media ends, and it says so. */
  async hangUp(): Promise<void> {
    for (const transport of this.#peer?.dtlsTransports ?? []) sayGoodbye(transport);
    await this.#peer?.close();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#peer?.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = request;
    this.requests.push([method, url, headers.authorization].filter(Boolean).join(' '));
    let body = '';
    for await (const piece of request) body += piece;
    const { refuse, trickles = true } = this.script;
    if (method === 'POST' && refuse) response.writeHead(refuse.status, refuse.headers).end();
    else if (method === 'POST') {
      this.offers.push(body);
      const answer = await this.#answer(body);
      const told = {
        'content-type': 'application/sdp',
        location: this.script.location ?? '/whip/seat',
        etag: '"ice-1"',
      };
      response.writeHead(201, { ...told, ...(this.script.link && { link: this.script.link }) }).end(answer);
    } else if (method === 'PATCH' && trickles) {
      this.fragments.push(`${headers['if-match']} ${body}`);
      for (const [, candidate] of body.matchAll(/^a=(candidate:.*)$/gm))
        await this.#peer?.addIceCandidate({ candidate, sdpMLineIndex: 0 }).catch(() => {});
      response.writeHead(204).end();
    } else {
      if (method === 'DELETE') await this.#peer?.close();
      response.writeHead(method === 'DELETE' ? 200 : 405).end();
    }
  }

  async #answer(sdp: string): Promise<string> {
    await this.#peer?.close();
    const rtcpFeedback = [useNACK(), usePLI(), useTWCC()];
    const { codec = 'h264' } = this.script;
    const parameters = { parameters: 'packetization-mode=1;profile-level-id=42e01f' };
    const peer = new RTCPeerConnection({
      iceServers: [],
      bundlePolicy: 'max-bundle',
      codecs: {
        video: [CODECS[codec]({ rtcpFeedback, ...(codec === 'h264' && parameters) })],
        audio: [useOPUS()],
      },
      headerExtensions: {
        video: [useSdesMid(), useTransportWideCC()],
        audio: [useSdesMid(), useTransportWideCC()],
      },
    });
    this.#peer = peer;
    peer.onTrack.subscribe((track: MediaStreamTrack) =>
      track.onReceiveRtp.subscribe(() => this.received[track.kind as 'audio']++),
    );
    await peer.setRemoteDescription({ type: 'offer', sdp });
    for (const transceiver of peer.getTransceivers()) transceiver.setDirection('recvonly');
    await peer.setLocalDescription(await peer.createAnswer());
    // Without it, every lost datagram of a handshake may be one too many.
    for (const transport of peer.dtlsTransports) {
      numberRecords(transport);
      orderHandshake(transport);
    }
    return peer.localDescription!.sdp;
  }
}
