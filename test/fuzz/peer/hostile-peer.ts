import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  MediaStreamTrack,
  type RTCDataChannel,
  RTCPeerConnection,
  RtpHeader,
  useH264,
  useOPUS,
  useVP8,
} from 'werift';
import { crc32c } from '../../../src/connection/webrtc/werift/crc32c.ts';
import { CHUNK } from '../../../src/connection/webrtc/werift/sctp-packet.ts';
import { CONTROL_CHANNEL, parseServerMessage, serializeClientMessage } from '../../../src/contract/wire.ts';
import type { Chunk, PeerPacket, RtcpPacket } from './packets.ts';

/** So long a peer may need to connect on a machine that is busy. */
const MOST_CONNECTING_MS = 15_000;

/** What is needed of werift, which does not show it. */
interface Sctp {
  remoteVerificationTag: number;
  localTsn: number;
  lastReceivedTsn: number | undefined;
  sendChunk(chunk: { type: number }): Promise<void>;
}
interface Dtls {
  dtls: { version: object; epoch: number; recordSequenceNumber: number };
  cipher: { cipher?: { encrypt(session: number, data: Buffer, header: object): Buffer } };
  sessionType: number;
}

/** A peer that has valid keys, and sends with them what it likes; made of werift. */
export class HostilePeer {
  readonly #peer: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  readonly #microphone = new MediaStreamTrack({ kind: 'audio' });
  #videoSsrc = 0;
  #pongs = 0;

  constructor() {
    this.#peer = new RTCPeerConnection({
      iceServers: [],
      bundlePolicy: 'max-bundle',
      codecs: {
        video: [useH264({ parameters: 'packetization-mode=1;profile-level-id=42001f' }), useVP8()],
        audio: [useOPUS()],
      },
    });
    this.#channel = this.#peer.createDataChannel(CONTROL_CHANNEL);
    this.#channel.onMessage.subscribe((data) => {
      if (parseServerMessage(data as Buffer).type === 'pong') this.#pongs++;
    });
    this.#peer.addTransceiver(this.#microphone, { direction: 'sendrecv' });
    this.#peer.addTransceiver('video', { direction: 'recvonly' });
  }

  async offer(): Promise<string> {
    await this.#peer.setLocalDescription(await this.#peer.createOffer());
    return this.#peer.localDescription!.sdp;
  }

  /** `early`: half of it is sent as soon as there are keys, the rest before the association is complete. */
  async answer(sdp: string, early: readonly PeerPacket[] = []): Promise<void> {
    this.#videoSsrc = Number(/^m=video[\s\S]*?^a=ssrc:(\d+)/m.exec(sdp)?.[1] ?? 0);
    const half = Math.floor(early.length / 2);
    this.#peer.dtlsTransports[0].onStateChange.subscribe((state) => {
      if (state === 'connected') void this.send(early.slice(0, half));
    });
    const sctp = this.#sctp;
    const sendChunk = sctp.sendChunk.bind(sctp);
    sctp.sendChunk = async (chunk) => {
      if (chunk.type === CHUNK.cookieEcho) await this.send(early.slice(half));
      await sendChunk(chunk);
    };
    await this.#peer.setRemoteDescription({ type: 'answer', sdp });
  }

  get connected(): boolean {
    return this.#peer.connectionState === 'connected';
  }

  /** Whether it is within its time. */
  async waitUntilConnected(): Promise<boolean> {
    return waitFor(() => this.connected && this.#channel.readyState === 'open', MOST_CONNECTING_MS);
  }

  /** Whether the server still answers it. */
  async ping(mostMs: number): Promise<boolean> {
    const before = this.#pongs;
    if (this.#channel.readyState !== 'open') return false;
    this.#channel.send(Buffer.from(serializeClientMessage({ type: 'ping', id: 1 })));
    return waitFor(() => this.#pongs > before, mostMs);
  }

  async send(packets: readonly PeerPacket[]): Promise<void> {
    for (const packet of packets) {
      // What werift itself cannot send is not sent.
      await this.#send(packet).catch(() => {});
    }
  }

  async close(): Promise<void> {
    await this.#peer.close().catch(() => {});
  }

  async #send(packet: PeerPacket): Promise<void> {
    const transport = this.#peer.dtlsTransports[0];
    const { connection } = transport.iceTransport;
    switch (packet.layer) {
      case 'sctp':
        return transport.sendData(this.#sctpPacket(packet));
      case 'sctp bytes':
        return transport.sendData(Buffer.from(packet.bytes));
      case 'message': {
        const stream = Buffer.alloc(8);
        stream.writeUInt16BE(packet.stream, 0);
        stream.writeUInt32BE(packet.protocol, 4);
        const chunk = {
          type: 0,
          flags: 3,
          lengthBy: 0,
          number: 0,
          bytes: Buffer.concat([stream, packet.bytes]),
        };
        await transport.sendData(this.#sctpPacket({ tag: true, checksum: true, chunks: [chunk] }));
        // The number is used up.
        this.#sctp.localTsn = (this.#sctp.localTsn + 1) >>> 0;
        return;
      }
      case 'rtcp':
        return connection.send(
          transport.srtcp.encrypt(Buffer.concat(packet.packets.map((one) => this.#rtcpPacket(one)))),
        );
      case 'rtcp bytes':
        return connection.send(
          transport.srtcp.encrypt(Buffer.concat([Buffer.from([0x80, 200, 0, 1]), packet.bytes])),
        );
      case 'rtp':
        return connection.send(this.#rtpPacket(packet));
      case 'dtls':
        return connection.send(this.#record(packet));
      case 'stun':
        return connection.nominated?.protocol.sendData(
          this.#stunMessage(packet),
          connection.nominated.remoteAddr,
        );
      case 'datagram':
        return connection.send(Buffer.from(packet.bytes));
    }
  }

  get #sctp(): Sctp {
    return this.#peer.sctpTransport!.sctp as unknown as Sctp;
  }

  #sctpPacket({ tag, checksum, chunks }: { tag: boolean; checksum: boolean; chunks: Chunk[] }): Buffer {
    const { remoteVerificationTag, localTsn, lastReceivedTsn } = this.#sctp;
    const header = Buffer.alloc(12);
    header.writeUInt16BE(5000, 0);
    header.writeUInt16BE(5000, 2);
    const isInit = chunks.some(({ type }) => type === 1);
    header.writeUInt32BE(tag && !isInit ? remoteVerificationTag >>> 0 : 0, 4);
    const pieces = chunks.map(({ type, flags, lengthBy, number, bytes }) => {
      const from = type === 0 || type === 192 ? localTsn : (lastReceivedTsn ?? 0);
      const numbered = Buffer.alloc(number === undefined ? 0 : 4);
      if (number !== undefined) numbered.writeUInt32BE((from + number) >>> 0);
      const body = Buffer.concat([numbered, bytes]);
      const length = Math.max(0, Math.min(0xffff, body.length + 4 + lengthBy));
      const head = Buffer.from([type, flags, length >> 8, length & 0xff]);
      return Buffer.concat([head, body, Buffer.alloc(-body.length & 3)]);
    });
    const whole = Buffer.concat([header, ...pieces]);
    whole.writeUInt32LE((crc32c(whole) ^ (checksum ? 0 : 1)) >>> 0, 8);
    return whole;
  }

  #rtcpPacket({ type, format, lengthBy, sources, bytes }: RtcpPacket): Buffer {
    const named = Buffer.alloc(sources ? 8 : 0);
    if (sources) {
      named.writeUInt32BE(this.#ssrc, 0);
      named.writeUInt32BE(this.#videoSsrc, 4);
    }
    const body = Buffer.concat([named, bytes, Buffer.alloc(-bytes.length & 3)]);
    const header = Buffer.from([0x80 | format, type, 0, 0]);
    header.writeUInt16BE(Math.max(0, Math.min(0xffff, body.length / 4 + lengthBy)), 2);
    return Buffer.concat([header, body]);
  }

  get #ssrc(): number {
    return this.#peer.getTransceivers()[0].sender.ssrc;
  }

  #rtpPacket({ payloadType, sequence, time, source, bytes }: Extract<PeerPacket, { layer: 'rtp' }>): Buffer {
    const { srtp } = this.#peer.dtlsTransports[0];
    const header = new RtpHeader({
      payloadType,
      sequenceNumber: sequence,
      timestamp: time,
      ssrc: source === 0 ? this.#ssrc : source,
    });
    return srtp.encrypt(Buffer.from(bytes), header);
  }

  #record({ type, epoch, encrypted, bytes }: Extract<PeerPacket, { layer: 'dtls' }>): Buffer {
    const { dtls, cipher, sessionType } = this.#peer.dtlsTransports[0].dtls as unknown as Dtls;
    const sequenceNumber = ++dtls.recordSequenceNumber;
    const header = { type, version: 0xfefd, epoch, sequenceNumber };
    const fragment =
      encrypted && cipher.cipher ? cipher.cipher.encrypt(sessionType, Buffer.from(bytes), header) : bytes;
    const head = Buffer.alloc(13);
    head[0] = type;
    head.writeUInt16BE(0xfefd, 1);
    head.writeUInt16BE(epoch, 3);
    head.writeUIntBE(sequenceNumber, 5, 6);
    head.writeUInt16BE(fragment.length, 11);
    return Buffer.concat([head, fragment]);
  }

  #stunMessage({ type, signed, attributes }: Extract<PeerPacket, { layer: 'stun' }>): Buffer {
    const { connection } = this.#peer.dtlsTransports[0].iceTransport;
    const user = Buffer.from(`${connection.remoteUsername}:${connection.localUsername}`);
    const named = signed ? [...attributes, { type: 6, bytes: user }] : attributes;
    const body = named.map((one) => {
      const head = Buffer.from([
        one.type >> 8,
        one.type & 0xff,
        one.bytes.length >> 8,
        one.bytes.length & 0xff,
      ]);
      return Buffer.concat([head, one.bytes, Buffer.alloc(-one.bytes.length & 3)]);
    });
    const header = Buffer.concat([
      Buffer.from([type >> 8, type & 0xff, 0, 0, 0x21, 0x12, 0xa4, 0x42]),
      randomBytes(12),
    ]);
    const whole = Buffer.concat([header, ...body]);
    whole.writeUInt16BE(whole.length - 20 + (signed ? 24 : 0), 2);
    if (!signed) return whole;
    const hmac = createHmac('sha1', connection.remotePassword).update(whole).digest();
    return Buffer.concat([whole, Buffer.from([0, 8, 0, 20]), hmac]);
  }
}

/** Whether it came to be so in this time. */
async function waitFor(condition: () => boolean, mostMs: number): Promise<boolean> {
  for (const start = performance.now(); !condition(); await sleep(5)) {
    if (performance.now() - start > mostMs) return false;
  }
  return true;
}
