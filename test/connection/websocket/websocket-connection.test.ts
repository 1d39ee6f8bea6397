import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import {
  closeReason,
  MAX_MESSAGE_BYTES,
  type WebSocketConnection,
} from '../../../src/connection/websocket/websocket-connection.ts';
import { type ServerMessage, serializeClientMessage, WIRE_VERSION } from '../../../src/contract/wire.ts';
import { VultusError } from '../../../src/errors.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';
import { openWebSocket } from '../../support/websocket-peer.ts';

describe('WebSocket connection', () => {
  let session: ScriptedSession;
  let peer: Awaited<ReturnType<typeof openWebSocket>>;
  let client: WebSocket;
  let connection: WebSocketConnection;
  let ended: { times: number };
  let received: ServerMessage[];
  let hello: () => Promise<void>;
  let closed: typeof peer.closed;

  beforeEach(async () => {
    session = new ScriptedSession();
    peer = await openWebSocket(session);
    ({ client, connection, ended, received, hello, closed } = peer);
  });
  afterEach(() => peer.stop());

  const picture = (key: boolean, bytes: number, mediaTimeMs = 0) =>
    session.deliver({ kind: 'video', data: new Uint8Array(bytes), key, mediaTimeMs, epoch: 0 });

  it('answers hello, passes voice in and pictures, voice and events out', async () => {
    await hello();
    client.send(serializeClientMessage({ type: 'audio', data: new Uint8Array(1920) }));
    client.send(serializeClientMessage({ type: 'interrupt' }));
    picture(true, 100, 40);
    session.deliver({ kind: 'voice', data: new Uint8Array(10), mediaTimeMs: 40, epoch: 0 });
    session.emit('speech.ended', { utterance: 1, playedMs: 20, reason: 'completed' });
    await expect.poll(() => received.map(({ type }) => type)).toContain('speech.ended');
    expect(received.filter(({ type }) => type === 'video')).toEqual([
      { type: 'video', mediaTimeMs: 40, epoch: 0, key: true, data: Buffer.alloc(100) },
    ]);
    await expect.poll(() => session.calls).toContain('interrupt');
    expect(session.calls).toContain('take voice,video');
    expect(session.voice.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(0);
  });

  it.each([
    ['lapsed', () => session.speaker.turn++],
    ['was interrupted', () => session.speaker.interrupt()],
  ])('drops the half sample of an utterance that %s', async (_, end) => {
    await hello();
    const send = (bytes: Uint8Array) => client.send(serializeClientMessage({ type: 'audio', data: bytes }));
    send(Buffer.alloc(1921));
    await expect.poll(() => session.voice.length).toBe(1);
    end();
    session.voice.length = 0;
    const bytes = Buffer.alloc(960);
    for (let at = 0; at < bytes.length; at += 2) bytes.writeInt16LE(256, at);
    send(bytes);
    client.send(serializeClientMessage({ type: 'speech.end' }));
    await expect.poll(() => session.calls).toContain('endSpeech');
    const said = session.voice.flatMap((samples) => [...samples]);
    expect(said).toEqual(new Array(480).fill(256 / 32768));
    // A late end adds nothing.
    client.send(serializeClientMessage({ type: 'speech.end' }));
    await expect.poll(() => session.calls.filter((call) => call === 'endSpeech')).toHaveLength(2);
    expect(session.voice.flatMap((samples) => [...samples])).toHaveLength(480);
  });

  const word = { text: 'one', startMs: 0, endMs: 20 };
  const events = () => {
    session.emit('speech.started', { utterance: 1, id: 'a', mediaTimeMs: 0 });
    session.emit('speech.stalled', { utterance: 1, id: 'a', mediaTimeMs: 20 });
    session.emit('speech.continued', { utterance: 1, id: 'a', mediaTimeMs: 40 });
    session.emit('speech.word', { ...word, utterance: 1, id: 'a', index: 0, mediaTimeMs: 40 });
    session.emit('speech.ended', {
      ...{ utterance: 1, id: 'a', playedMs: 20, reason: 'underrun' },
      lastWord: { index: 0, text: word.text },
    });
  };
  const named = (data: Uint8Array) => serializeClientMessage({ type: 'audio', utterance: 'a', data });

  it('takes names of utterances, tells them back, and says once that voice comes too late', async () => {
    await hello();
    client.send(named(Buffer.alloc(1920)));
    for (const type of ['speech.end', 'interrupt'] as const)
      client.send(serializeClientMessage({ type, utterance: 'a' }));
    await expect.poll(() => session.calls.slice(-3)).toEqual(['push a', 'endSpeech a', 'interrupt a']);
    session.speaker.late.push('a');
    for (let i = 0; i < 3; i++) client.send(named(Buffer.alloc(1920)));
    events();
    client.send(serializeClientMessage({ type: 'ping', id: 1 }));
    await expect.poll(() => received.at(-1)).toEqual({ type: 'pong', id: 1 });
    expect(session.calls.filter((call) => call === 'push a')).toHaveLength(1);
    expect(received.filter(({ type }) => type === 'warning')).toMatchObject([{ code: 'late_voice' }]);
    const speech = received.filter(({ type }) => type.startsWith('speech.'));
    expect(speech.map(({ type }) => type)).toEqual(
      ['started', 'stalled', 'continued', 'word', 'ended'].map((name) => `speech.${name}`),
    );
    expect(speech.at(-1)).toEqual({
      ...{ type: 'speech.ended', utterance: 1, id: 'a', playedMs: 20 },
      ...{ interrupted: false, reason: 'underrun', lastWord: { index: 0, text: 'one' } },
    });
  });

  it('takes words after the voice before them, tells them when they are heard, and says once that they are late', async () => {
    await hello();
    const words = serializeClientMessage({ type: 'words', utterance: 'a', words: [word] });
    client.send(named(Buffer.alloc(480)));
    client.send(words);
    await expect.poll(() => session.calls.slice(-2)).toEqual(['push a', 'words a one']);
    session.speaker.late.push('a');
    for (let i = 0; i < 2; i++) client.send(words);
    const told = { ...word, utterance: 1, id: 'a', index: 0, mediaTimeMs: 40 };
    session.emit('speech.word', told);
    client.send(serializeClientMessage({ type: 'ping', id: 1 }));
    await expect.poll(() => received.at(-1)).toEqual({ type: 'pong', id: 1 });
    expect(received.filter(({ type }) => type === 'warning')).toMatchObject([{ code: 'late_words' }]);
    expect(received.filter(({ type }) => type === 'speech.word')).toEqual([{ type: 'speech.word', ...told }]);
  });

  it('answers a peer of version 1 as ever', async () => {
    client.send(serializeClientMessage({ type: 'hello', version: 1 }));
    client.send(named(Buffer.alloc(1920)));
    await expect.poll(() => received.at(-1)).toMatchObject({ type: 'error', code: 'invalid_message' });
    expect(received[0]).toMatchObject({ type: 'ready', version: 1 });
    events();
    await expect
      .poll(() => received.filter(({ type }) => type.startsWith('speech.')))
      .toEqual([
        { type: 'speech.started', utterance: 1, mediaTimeMs: 0 },
        { type: 'speech.ended', utterance: 1, playedMs: 20, interrupted: false },
      ]);
  });

  it('changes the background; in the order in which they come, and says what is none', async () => {
    const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#406080' } })
      .png()
      .toBuffer();
    const picture = `data:image/png;base64,${png.toString('base64')}`;
    const send = (background: string) =>
      client.send(serializeClientMessage({ type: 'background', background }));
    for (const background of [picture, 'blur', 'red', picture, '#0a0b0c']) send(background);
    await expect.poll(() => session.calls).toContain('setBackground #0a0b0c');
    expect(session.calls.filter((call) => call.startsWith('setBackground'))).toEqual(
      ['picture', 'blur', 'picture', '#0a0b0c'].map((background) => `setBackground ${background}`),
    );
    expect(received).toMatchObject([{ type: 'error', code: 'invalid_request' }]);
    for (let i = 0; i < 20; i++) send(picture);
    await expect.poll(() => received.at(-1)).toMatchObject({ message: expect.stringMatching(/wait/) });
    vi.spyOn(session, 'setBackground').mockImplementation(() => {
      throw new VultusError('background_fixed');
    });
    send('matte');
    await expect.poll(() => received.at(-1)).toMatchObject({ type: 'error', code: 'background_fixed' });
  });

  it('gives a microphone that is listened to to the user side, and other voice to the avatar', async () => {
    const audio = { encoding: 's16le', sampleRateHz: 48000 } as const;
    client.send(
      serializeClientMessage({ type: 'hello', version: WIRE_VERSION, audio, voiceInput: 'listen' }),
    );
    client.send(serializeClientMessage({ type: 'audio', data: new Uint8Array(1920), live: true }));
    await expect.poll(() => session.calls).toContain('hearUser');
    expect(session.voice).toEqual([]);
    client.send(serializeClientMessage({ type: 'audio', data: new Uint8Array(1920) }));
    client.send(serializeClientMessage({ type: 'pause' }));
    client.send(serializeClientMessage({ type: 'resume' }));
    await expect.poll(() => session.calls.slice(-2)).toEqual(['pause', 'resume']);
    expect(session.voice.length).toBeGreaterThan(0);
    session.emit('user.started');
    session.emit('user.ended', { talkedMs: 700 });
    await expect.poll(() => received.at(-1)).toEqual({ type: 'user.ended', talkedMs: 700 });
  });

  it('answers a bad message with an error and goes on', async () => {
    client.send(Buffer.from([0xc1, 0xff, 0x00]));
    client.send(serializeClientMessage({ type: 'ping', id: 5 }));
    await expect.poll(() => received.map(({ type }) => type)).toEqual(['error', 'pong']);
    expect(received[0]).toMatchObject({ code: 'invalid_message' });
  });

  it('closes on a text frame with the code of the catalogue', async () => {
    const end = closed();
    client.send('{"type":"hello"}');
    expect(await end).toMatchObject({ code: 4000, reason: expect.stringMatching(/^invalid_message: /) });
    await expect.poll(() => ended.times).toBe(1);
  });

  it('closes on a message that is too large (RFC 6455: 1009)', async () => {
    const end = closed();
    client.send(Buffer.alloc(MAX_MESSAGE_BYTES + 1));
    expect((await end).code).toBe(1009);
    await expect.poll(() => ended.times).toBe(1);
  });

  it('survives frames that are not WebSocket at all', async () => {
    const end = closed();
    (client as unknown as { _socket: Socket })._socket.write(
      Buffer.from([0xff, 0xff, 0xff, 0xff, 0x00, 0x13]),
    );
    expect((await end).code).toBe(1002);
    await expect.poll(() => ended.times).toBe(1);
    expect(session.takers).toBe(0);
  });

  it('ends with the session, saying so', async () => {
    const end = closed();
    session.close();
    expect(await end).toMatchObject({ code: 4010, reason: expect.stringMatching(/^session_closed: /) });
    expect(received.at(-1)).toMatchObject({ type: 'error', code: 'session_closed' });
    connection.close();
    await expect.poll(() => ended.times).toBe(1);
  });

  it('says once why a session has failed, and closes with that', async () => {
    await hello();
    const end = closed();
    const failure = new VultusError('engine_failed', 'the thread ran out of memory');
    session.emit('error', failure);
    session.close(failure);
    expect(await end).toMatchObject({
      code: 1011,
      reason: expect.stringMatching(/^engine_failed: .*memory/),
    });
    expect(received.filter(({ type }) => type === 'error')).toEqual([
      { type: 'error', code: 'engine_failed', message: failure.message },
    ]);
  });

  it('says when it is worth trying again where a session ends for want of room', async () => {
    await hello();
    const end = closed();
    const full = new VultusError('at_capacity', 'its worker failed', { retryAfterS: 21 });
    session.close(full);
    expect((await end).code).toBe(4029);
    expect(received.at(-1)).toEqual({
      type: 'error',
      code: 'at_capacity',
      message: full.message,
      retryAfterS: 21,
    });
  });

  it('lets go of the session when the socket is cut', async () => {
    await hello();
    client.terminate();
    await expect.poll(() => ended.times).toBe(1);
    expect(session.takers).toBe(0);
    expect(session.closed).toBe(false);
  });

  it('drops pictures up to a key frame when the peer takes too little, but no events', async () => {
    await hello();
    const socket = (client as unknown as { _socket: Socket })._socket;
    socket.pause();
    for (let i = 0; i < 400; i++) picture(i === 0, 20_000, i * 40);
    session.emit('speech.ended', { utterance: 1, playedMs: 20, reason: 'completed' });
    await delay(50);
    const asked = session.calls.filter((call) => call === 'requestKeyFrame').length;
    socket.resume();
    await expect.poll(() => received.some(({ type }) => type === 'speech.ended')).toBe(true);

    const before = received.filter(({ type }) => type === 'video').length;
    expect(before).toBeLessThan(400);
    picture(false, 1000, 16_000);
    picture(false, 1000, 16_040);
    // One request for a key frame now that there is room, and nothing before it comes.
    expect(session.calls.filter((call) => call === 'requestKeyFrame')).toHaveLength(asked + 1);
    picture(true, 1000, 16_080);
    picture(false, 1000, 16_120);
    const times = () =>
      received.flatMap((message) => (message.type === 'video' ? [message.mediaTimeMs] : [])).slice(before);
    await expect.poll(times).toEqual([16_080, 16_120]);
  });

  it('gives up a peer that takes nothing at all', async () => {
    await hello();
    (client as unknown as { _socket: Socket })._socket.pause();
    const voice = { kind: 'voice' as const, data: new Uint8Array(100_000), mediaTimeMs: 0, epoch: 0 };
    for (let i = 0; i < 300; i++) session.deliver(voice);
    expect(session.takers).toBe(0);
  });
});

describe('close reason', () => {
  it('fits into a close frame, without cutting a character in two', () => {
    const reason = closeReason(new VultusError('invalid_message', 'ä'.repeat(200)));
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    expect(reason).not.toContain('\uFFFD');
  });
});
