import { afterEach, describe, expect, it, vi } from 'vitest';
import { RTCPeerConnection, useH264, useOPUS } from 'werift';
import { WebRtcConnection } from '../../../../src/connection/webrtc/webrtc-connection.ts';
import { crc32c } from '../../../../src/connection/webrtc/werift/crc32c.ts';
import { CHUNK, readChunks } from '../../../../src/connection/webrtc/werift/sctp-packet.ts';
import { parseServerMessage, serializeClientMessage } from '../../../../src/contract/wire.ts';
import { ScriptedSession } from '../../../support/scripted-session.ts';

const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

/** A chunk as it stands in a packet; `length` where it lies about its own. */
function chunk(type: number, body: Buffer, length = body.length + 4): Buffer {
  const header = Buffer.from([type, 3, length >> 8, length & 0xff]);
  return Buffer.concat([header, body, Buffer.alloc(-body.length & 3)]);
}

function packet(tag: number, ...chunks: Buffer[]): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(5000, 0);
  header.writeUInt16BE(5000, 2);
  header.writeUInt32BE(tag, 4);
  const whole = Buffer.concat([header, ...chunks]);
  whole.writeUInt32LE(crc32c(whole), 8);
  return whole;
}

const uint32 = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeUInt32BE(value >>> 0, 4 * i);
  });
  return bytes;
};

describe('crc32c', () => {
  it('gives the check value of the algorithm (RFC 3720 §B.4)', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  });
});

describe('readChunks', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(20)],
    ['a wrong checksum', Buffer.concat([packet(1), Buffer.from([1])])],
    ['a chunk of length 0', packet(1, chunk(CHUNK.data, Buffer.alloc(16), 0))],
    ['a chunk that is longer than the packet', packet(1, chunk(CHUNK.data, Buffer.alloc(16), 900))],
    ['data without a body', packet(1, chunk(CHUNK.data, Buffer.alloc(3)))],
    ['an INIT that is cut', packet(0, chunk(CHUNK.init, Buffer.alloc(9)))],
    ['a parameter of length 0', packet(1, chunk(CHUNK.heartbeat, uint32(0x0001_0000)))],
    ['a reset request without its body', packet(1, chunk(CHUNK.reconfig, uint32(0x000d_0004)))],
  ])('drops a packet with %s', (_, bytes) => {
    expect(readChunks(bytes)).toBeUndefined();
  });

  it('goes on behind an unknown chunk where its type allows that (RFC 9260 §3.2)', () => {
    const ack = chunk(CHUNK.cookieAck, Buffer.alloc(0));
    const types = (bytes: Buffer) => readChunks(bytes)?.map(({ type }) => type);
    expect(types(packet(1, chunk(0xc8, Buffer.alloc(5)), ack))).toEqual([CHUNK.cookieAck]);
    expect(types(packet(1, ack, chunk(0x48, Buffer.alloc(5)), ack))).toEqual([CHUNK.cookieAck]);
  });
});

/** What is needed of the attacker's own association. */
interface Sctp {
  sendChunk(chunk: { type: number }): Promise<void>;
  remoteVerificationTag: number;
  localTsn: number;
  lastReceivedTsn: number;
}

/** `early`: what it sends before its COOKIE ECHO. */
async function attacker(early?: (sctp: Sctp) => Buffer) {
  const session = new ScriptedSession();
  const peer = new RTCPeerConnection({
    iceServers: [],
    bundlePolicy: 'max-bundle',
    codecs: {
      video: [useH264({ parameters: 'packetization-mode=1;profile-level-id=42001f' })],
      audio: [useOPUS()],
    },
  });
  owned.push(session, peer);
  const channel = peer.createDataChannel('vultus');
  peer.addTransceiver('audio', { direction: 'recvonly' });
  peer.addTransceiver('video', { direction: 'recvonly' });
  await peer.setLocalDescription(await peer.createOffer());
  const { connection, answerSdp } = await WebRtcConnection.accept(session, peer.localDescription!.sdp, {
    voiceInput: 'speak',
  });
  owned.push(connection);
  connection.attach(session);
  const received: string[] = [];
  channel.onMessage.subscribe((data) => received.push(parseServerMessage(data as Buffer).type));
  const transport = peer.sctpTransport!;
  const sctp = transport.sctp as unknown as Sctp;
  const sendChunk = sctp.sendChunk.bind(sctp);
  sctp.sendChunk = async (chunk) => {
    if (early && chunk.type === CHUNK.cookieEcho) await transport.dtlsTransport.sendData(early(sctp));
    await sendChunk(chunk);
  };
  await peer.setRemoteDescription({ type: 'answer', sdp: answerSdp });
  await vi.waitFor(() => expect(received).toContain('ready'), 5000);
  return {
    connection,
    received,
    sctp,
    send: (bytes: Buffer) => transport.dtlsTransport.sendData(bytes),
    ping: (id: number) => channel.send(Buffer.from(serializeClientMessage({ type: 'ping', id }))),
  };
}

describe('guardSctp', () => {
  it('a connected peer that sends damaged packets changes nothing, not even for itself', async () => {
    const faults: unknown[] = [];
    const note = (cause: unknown) => faults.push(cause);
    process.on('unhandledRejection', note);
    const { sctp, send, ping, received, connection } = await attacker();
    const tag = sctp.remoteVerificationTag;
    const data = (tsn: number, stream: number, protocol: number, text: string) =>
      chunk(
        CHUNK.data,
        Buffer.concat([uint32(tsn), uint32(stream << 16), uint32(protocol), Buffer.from(text)]),
      );
    const gaps = Buffer.concat([
      uint32(sctp.lastReceivedTsn, 1 << 20),
      uint32(400 << 16),
      ...Array.from({ length: 400 }, () => uint32(0x0001_ffff)),
    ]);
    const damaged = [
      Buffer.alloc(20),
      packet(tag, chunk(77, Buffer.alloc(8))),
      packet(tag, chunk(CHUNK.data, Buffer.alloc(16), 0)),
      packet(tag, chunk(CHUNK.data, Buffer.alloc(2))),
      packet(0, chunk(CHUNK.init, Buffer.alloc(3))),
      packet(0, chunk(CHUNK.init, uint32(1, 1, 1, 1))),
      packet(tag, chunk(CHUNK.sack, gaps)),
      // Older than the last one, and shorter than it says.
      packet(tag, chunk(CHUNK.sack, uint32(sctp.lastReceivedTsn - 5, 1 << 20, 400 << 16))),
      packet(tag, chunk(CHUNK.sack, uint32(sctp.lastReceivedTsn + 90_000, 0, 0))),
      packet(tag, chunk(CHUNK.forwardTsn, uint32(sctp.localTsn + 2 ** 30))),
      packet(tag, data(sctp.localTsn + 2 ** 20, 0, 53, 'far ahead')),
      packet(tag, data(sctp.localTsn, 9999, 53, 'a stream too many')),
    ];
    for (const bytes of damaged) await send(bytes);
    ping(7);
    await vi.waitFor(() => expect(received).toContain('pong'), 5000);
    process.off('unhandledRejection', note);
    expect(faults).toEqual([]);
    expect(connection.closed).toBe(false);
  });

  it('takes no data before there is an association, and closes nobody for it', async () => {
    const faults: unknown[] = [];
    const note = (cause: unknown) => faults.push(cause);
    process.on('unhandledRejection', note);
    const opening = Buffer.concat([Buffer.from('030000000000000000010000', 'hex'), Buffer.from('x')]);
    const { ping, received, connection } = await attacker(({ remoteVerificationTag, localTsn }) =>
      packet(
        remoteVerificationTag,
        chunk(CHUNK.data, Buffer.concat([uint32(localTsn), uint32(1 << 16), uint32(50), opening])),
      ),
    );
    ping(7);
    await vi.waitFor(() => expect(received).toContain('pong'), 5000);
    process.off('unhandledRejection', note);
    expect(faults).toEqual([]);
    expect(connection.closed).toBe(false);
  });

  it('closes the peer whose message makes werift throw, and only that', async () => {
    const faults: unknown[] = [];
    const note = (cause: unknown) => faults.push(cause);
    process.on('unhandledRejection', note);
    const { sctp, send, connection } = await attacker();
    const ends: unknown[] = [];
    connection.once('closed', (...end) => ends.push(end));
    const unknownProtocol = Buffer.concat([uint32(sctp.localTsn), uint32(0), uint32(4711), Buffer.from('x')]);
    // Its channel has an even or odd id, depending on who was the DTLS client: both are tried.
    for (const stream of [0, 1]) {
      const body = Buffer.from(unknownProtocol);
      body.writeUInt32BE((sctp.localTsn + stream) >>> 0, 0);
      body.writeUInt16BE(stream, 4);
      await send(packet(sctp.remoteVerificationTag, chunk(CHUNK.data, body)));
    }
    await vi.waitFor(() => expect(connection.closed).toBe(true), 5000);
    expect(ends).toEqual([['failed', expect.objectContaining({ code: 'protocol_violated' })]]);
    process.off('unhandledRejection', note);
    expect(faults).toEqual([]);
  });
});
