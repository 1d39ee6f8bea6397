import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MediaStreamTrack, RTCDtlsTransport, RtpHeader, RtpPacket } from 'werift';
import { OpusEncoder } from '../../../src/audio/opus.ts';
import { WebRtcConnection } from '../../../src/connection/webrtc/webrtc-connection.ts';
import type { WebRtcOptions } from '../../../src/connection/webrtc/webrtc-options.ts';
import { parseServerMessage, serializeClientMessage } from '../../../src/contract/wire.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';
import { offerOfWerift } from '../../support/werift-peer.ts';

/** On a machine that is busy. */
const ENOUGH_MS = 15_000;
const owned: { close(): unknown }[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

async function offer(microphone?: MediaStreamTrack) {
  const offered = await offerOfWerift(microphone);
  owned.push(offered.peer);
  return offered;
}

async function connect(options: Partial<WebRtcOptions> = {}, microphone?: MediaStreamTrack) {
  const session = new ScriptedSession();
  owned.push(session);
  const peer = await offer(microphone);
  const { connection, answerSdp } = await WebRtcConnection.accept(session, peer.sdp, {
    voiceInput: 'speak',
    ...options,
  });
  owned.push(connection);
  connection.attach(session);
  const connected = new Promise<void>((resolve) => connection.once('connected', resolve));
  await peer.peer.setRemoteDescription({ type: 'answer', sdp: answerSdp });
  await connected;
  return { session, connection, ...peer };
}

/** Epoch and number of each DTLS record in a datagram (RFC 6347 §4.1), as hex. */
function recordNumbers(datagram: Buffer): string[] {
  const numbers: string[] = [];
  for (let at = 0; at + 13 <= datagram.length; at += 13 + datagram.readUInt16BE(at + 11))
    numbers.push(datagram.toString('hex', at + 3, at + 11));
  return numbers;
}

describe('WebRtcConnection', () => {
  it('never uses a DTLS record number twice, and all first messages arrive', async () => {
    const records: string[] = [];
    const start = RTCDtlsTransport.prototype.start;
    vi.spyOn(RTCDtlsTransport.prototype, 'start').mockImplementation(function (this: RTCDtlsTransport) {
      // The answering side is the DTLS client: the other one hears handshake messages of type 1, ClientHello.
      let ofClient = false;
      this.iceTransport.connection.onData.subscribe((data) => {
        ofClient ||= data[0] === 22 && data[13] === 1;
        if (ofClient && data[0] >= 20 && data[0] <= 63) records.push(...recordNumbers(data));
      });
      return start.call(this);
    });
    const { session, channel } = await connect();
    const received: string[] = [];
    channel.onMessage.subscribe((data) => received.push(parseServerMessage(data as Buffer).type));
    await vi.waitFor(() => expect(received).toEqual(['ready', 'state']), ENOUGH_MS);
    for (let i = 0; i < 10; i++) session.emit('warning', { code: 'test', message: `${i}` });
    await vi.waitFor(() => expect(received.length).toBe(12), ENOUGH_MS);
    const encrypted = records.filter((record) => record.startsWith('0001'));
    expect(encrypted.length).toBeGreaterThan(10);
    expect(new Set(encrypted).size).toBe(encrypted.length);
  });

  it('is not ended by datagrams that anybody can send: unknown records and unsigned alerts', async () => {
    const session = new ScriptedSession();
    const { peer, channel, sdp } = await offer();
    const { connection, answerSdp } = await WebRtcConnection.accept(session, sdp, { voiceInput: 'speak' });
    owned.push(session, connection);
    connection.attach(session);
    const received: string[] = [];
    channel.onMessage.subscribe((data) => received.push(parseServerMessage(data as Buffer).type));
    await peer.setRemoteDescription({ type: 'answer', sdp: answerSdp });
    await vi.waitFor(() => expect(received).toContain('ready'), 5000);
    const [, address, port] = /a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host/.exec(
      answerSdp,
    )!;
    const socket = createSocket('udp4');
    for (const type of [21, 24, 63]) {
      for (const epoch of [0, 1]) {
        const closeNotify = [type, 254, 253, 0, epoch, 0, 0, 0, 0, 1, 0, 0, 2, 1, 0];
        await new Promise((sent) => socket.send(Buffer.from(closeNotify), Number(port), address, sent));
      }
    }
    socket.close();
    channel.send(Buffer.from(serializeClientMessage({ type: 'ping', id: 1 })));
    await vi.waitFor(() => expect(received).toContain('pong'), 5000);
    expect(connection.closed).toBe(false);
  });

  it('offers host candidates, H.264 baseline, and one stream', async () => {
    const { sdp } = await offer();
    const session = new ScriptedSession();
    const { connection, answerSdp } = await WebRtcConnection.accept(session, sdp, { voiceInput: 'speak' });
    owned.push(connection, session);
    expect(answerSdp).toMatch(/a=candidate:\S+ 1 udp \d+ \S+ \d+ typ host/);
    expect(answerSdp).toContain('profile-level-id=42001f');
    const streams = [...answerSdp.matchAll(/^a=msid:(\S+) /gm)].map(([, stream]) => stream);
    expect(streams.length).toBe(2);
    expect(new Set(streams).size).toBe(1);
  });

  it('sends pictures and voice of one media time with timestamps that agree', async () => {
    const { session, audio, video } = await connect();
    const packets: { kind: string; header: RtpHeader }[] = [];
    for (const { receiver, kind } of [audio, video])
      receiver.track.onReceiveRtp.subscribe(({ header }) => packets.push({ kind, header }));
    // The voice waits until a browser has opened its sound device.
    await new Promise((resolve) => setTimeout(resolve, 600));
    const voice = new OpusEncoder().encode(new Float32Array(960));
    const picture = Uint8Array.of(0, 0, 0, 1, 0x65, ...new Uint8Array(3000).fill(7));
    for (let i = 0; i < 5; i++) {
      session.deliver({ kind: 'video', data: picture, key: true, mediaTimeMs: 10_000 + i * 40, epoch: 0 });
      session.deliver({ kind: 'voice', data: voice, mediaTimeMs: 10_000 + i * 20, epoch: 0 });
    }
    await vi.waitFor(() => expect(packets.length).toBe(20), ENOUGH_MS);
    const pictures = packets.filter(({ kind }) => kind === 'video').map(({ header }) => header);
    expect(pictures.map(({ marker }) => marker)).toEqual(Array(5).fill([false, false, true]).flat());
    const step = (a: RtpHeader, b: RtpHeader) => (b.timestamp - a.timestamp) >>> 0;
    expect(step(pictures[0], pictures[3])).toBe(3600);
    const sounds = packets.filter(({ kind }) => kind === 'audio').map(({ header }) => header);
    expect(step(sounds[0], sounds[1])).toBe(960);
    expect(new Set(sounds.map(({ sequenceNumber }) => sequenceNumber)).size).toBe(5);
  });

  it.each([
    ['speak', 960 * 5],
    ['listen', 0],
  ] as const)('a microphone with voiceInput %s', async (voiceInput, samples) => {
    const track = new MediaStreamTrack({ kind: 'audio' });
    const { session } = await connect({ voiceInput }, track);
    const encoder = new OpusEncoder();
    for (let i = 0; i < 5; i++) {
      const header = new RtpHeader({ sequenceNumber: 100 + i, timestamp: i * 960, payloadType: 111 });
      track.writeRtp(new RtpPacket(header, Buffer.from(encoder.encode(new Float32Array(960)))));
    }
    const heard = () => session.voice.reduce((sum, piece) => sum + piece.length, 0);
    if (samples > 0) await vi.waitFor(() => expect(heard()).toBeGreaterThanOrEqual(samples), ENOUGH_MS);
    // The end of a stream can't be told from loss for a tenth of a second, by which a busy machine is late.
    let before: number;
    do {
      before = heard();
      await new Promise((resolve) => setTimeout(resolve, 300));
    } while (heard() > before);
    expect(heard() - samples).toBeLessThanOrEqual(samples > 0 ? 25 * 960 : 0);
  });

  it('listens to a microphone when the data channel asks for it', async () => {
    const track = new MediaStreamTrack({ kind: 'audio' });
    const { session, channel } = await connect({ voiceInput: 'speak' }, track);
    let ready = 0;
    channel.onMessage.subscribe((data) => {
      const message = parseServerMessage(data as Buffer);
      if (message.type === 'ready' && message.version === 2) ready++;
    });
    const hello = { type: 'hello', version: 2, voiceInput: 'listen' } as const;
    await vi.waitFor(() => {
      channel.send(Buffer.from(serializeClientMessage(hello)));
      expect(ready).toBeGreaterThan(0);
    }, ENOUGH_MS);
    const encoder = new OpusEncoder();
    for (let i = 0; i < 5; i++) {
      const header = new RtpHeader({ sequenceNumber: 100 + i, timestamp: i * 960, payloadType: 111 });
      track.writeRtp(new RtpPacket(header, Buffer.from(encoder.encode(new Float32Array(960)))));
    }
    await vi.waitFor(() => expect(session.calls).toContain('hearUser'), ENOUGH_MS);
    expect(session.voice).toEqual([]);
  });

  it('takes no microphone of a viewer, and shows it the pictures', async () => {
    const track = new MediaStreamTrack({ kind: 'audio' });
    const { session, connection, video, channel } = await connect({ role: 'view' }, track);
    expect(connection.role).toBe('view');
    const encoder = new OpusEncoder();
    for (let i = 0; i < 5; i++) {
      const header = new RtpHeader({ sequenceNumber: 100 + i, timestamp: i * 960, payloadType: 111 });
      track.writeRtp(new RtpPacket(header, Buffer.from(encoder.encode(new Float32Array(960)))));
    }
    let packets = 0;
    video.receiver.track.onReceiveRtp.subscribe(() => packets++);
    const told: string[] = [];
    channel.onMessage.subscribe((data) => {
      const message = parseServerMessage(data as Buffer);
      told.push('code' in message ? message.code : message.type);
    });
    await vi.waitFor(() => expect(told).toContain('ready'), ENOUGH_MS);
    session.deliver({
      kind: 'video',
      data: Uint8Array.of(0, 0, 0, 1, 0x65, 1),
      key: true,
      mediaTimeMs: 0,
      epoch: 0,
    });
    channel.send(Buffer.from(serializeClientMessage({ type: 'interrupt' })));
    channel.send(Buffer.from(serializeClientMessage({ type: 'keyframe' })));
    await vi.waitFor(() => expect(told).toContain('view_only'), ENOUGH_MS);
    await vi.waitFor(() => expect(packets).toBe(1), ENOUGH_MS);
    expect(session.calls).toEqual(['take video,voice', 'setBitrate 300', 'requestKeyFrame']);
    expect(session.voice).toEqual([]);
  });

  it('goes on where an encoder has made nothing of a picture', async () => {
    const { session, connection, video } = await connect();
    let packets = 0;
    video.receiver.track.onReceiveRtp.subscribe(() => packets++);
    for (const [i, bytes] of [[], [0, 0, 0, 1, 0x65, 1]].entries()) {
      session.deliver({
        kind: 'video',
        data: Uint8Array.from(bytes),
        key: true,
        mediaTimeMs: 40 * i,
        epoch: 0,
      });
    }
    await vi.waitFor(() => expect(packets).toBe(1), ENOUGH_MS);
    expect(connection.closed).toBe(false);
  });

  it('refuses a peer for which no UDP port is free', async () => {
    // Whatever cannot be bound here belongs to somebody else, and is not free either.
    const occupy = (type: 'udp4' | 'udp6', port: number) => {
      const socket = createSocket({ type, ipv6Only: type === 'udp6' });
      owned.push(socket);
      return new Promise<number>((bound) => {
        socket.once('error', () => bound(port)).bind(port, () => bound(socket.address().port));
      });
    };
    const port = await occupy('udp4', 0);
    await Promise.all([occupy('udp6', port), occupy('udp4', port + 1), occupy('udp6', port + 1)]);
    const session = new ScriptedSession();
    owned.push(session);
    const { sdp } = await offer();
    const answer = WebRtcConnection.accept(session, sdp, { voiceInput: 'speak', udpPorts: [port, port + 1] });
    await expect(answer).rejects.toMatchObject({ code: 'at_capacity' });
  });

  it('gives up a peer that never connects', async () => {
    const session = new ScriptedSession();
    const { sdp } = await offer();
    const { connection } = await WebRtcConnection.accept(session, sdp, {
      voiceInput: 'speak',
      timeoutMs: 200,
    });
    owned.push(session, connection);
    connection.attach(session);
    expect(await new Promise((resolve) => connection.once('closed', resolve))).toBe('connection lost');
    expect(session.takers).toBe(0);
    expect(session.listenerCount('closed')).toBe(0);
  });

  it('gives up a peer that is not heard of any more', async () => {
    const { session, connection, peer } = await connect({ timeoutMs: 2000 });
    let mediaTimeMs = 0;
    const video = setInterval(() => {
      mediaTimeMs += 40;
      session.deliver({
        kind: 'video',
        data: Uint8Array.of(0, 0, 1, 0x65, 1, 2, 3),
        key: true,
        mediaTimeMs,
        epoch: 0,
      });
    }, 40);
    // Its receiver reports keep the connection open.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(connection.closed).toBe(false);
    const reason = new Promise((resolve) => connection.once('closed', resolve));
    peer.dtlsTransports[0].iceTransport.connection.send = async () => {};
    expect(await reason).toBe('connection lost');
    clearInterval(video);
  }, 12_000);

  it('refuses what it cannot answer, and leaves nothing behind', async () => {
    const session = new ScriptedSession();
    owned.push(session);
    const { sdp } = await offer();
    for (const bad of ['', 'v=0', sdp.replaceAll('H264', 'XYZ'), sdp.replace(/a=fingerprint:.*\r\n/g, '')]) {
      await expect(WebRtcConnection.accept(session, bad, { voiceInput: 'speak' })).rejects.toMatchObject({
        code: 'invalid_offer',
      });
    }
    expect(session.listenerCount('closed')).toBe(0);
    session.close();
    const { connection } = await WebRtcConnection.accept(session, sdp, { voiceInput: 'speak' });
    owned.push(connection);
    expect(() => connection.attach(session)).toThrow(expect.objectContaining({ code: 'session_closed' }));
  });
});
