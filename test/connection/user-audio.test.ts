import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { MediaStreamTrack, RtpHeader, RtpPacket } from 'werift';
import { OpusEncoder } from '../../src/audio/opus.ts';
import { s16leToFloat } from '../../src/audio/pcm.ts';
import { WebRtcConnection } from '../../src/connection/webrtc/webrtc-connection.ts';
import { WIRE_VERSION } from '../../src/contract/wire.ts';
import { openEnginelessSession } from '../support/engineless-session.ts';
import { sampleVoice } from '../support/sample-voice.ts';
import { bestLag, rms } from '../support/signals.ts';
import { openWebSocket } from '../support/websocket-peer.ts';
import { offerOfWerift } from '../support/werift-peer.ts';

const PACKET_MS = 20;
const owned: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of owned.splice(0).reverse()) await close();
});

/**
 * Sends voice as a browser's microphone does. Where the machine stalls, the speaker does too: time stamps go by the clock.
 * @returns when each packet left
 */
async function speakByRtp(track: MediaStreamTrack, voice: Float32Array): Promise<number[]> {
  const encoder = new OpusEncoder();
  const sentMs: number[] = [];
  const startMs = performance.now();
  let packets = 0;
  for (let i = 0; (i + 1) * 960 <= voice.length; i++) {
    const opus = encoder.encode(voice.slice(i * 960, (i + 1) * 960));
    await sleep(Math.max(0, startMs + packets * PACKET_MS - performance.now()));
    const nowMs = performance.now();
    sentMs.push(nowMs);
    packets = Math.max(packets, Math.floor((nowMs - startMs) / PACKET_MS));
    const header = new RtpHeader({ sequenceNumber: 100 + i, timestamp: packets * 960, payloadType: 111 });
    track.writeRtp(new RtpPacket(header, Buffer.from(opus)));
    packets++;
  }
  return sentMs;
}

/** A piece of what was said, found again in what was heard. */
interface Found {
  /** Of the piece in the voice, and of what was heard. */
  saidMs: number;
  heardMs: number;
  correlation: number;
}

/**
 * The best of its pieces of half a second, by their loudness every 10 ms: a jitter buffer lengthens and shortens what comes
 * late on a busy machine by periods of its pitch.
 */
function find(voice: Float32Array, heard: Float32Array): Found[] {
  const [said, there] = [loudness(voice, 480), loudness(heard, 160)];
  const found: Found[] = [];
  for (let at = 0; at + 50 <= said.length / 2; at += 25) {
    const { lag, correlation } = bestLag(said.subarray(at, at + 50), there, there.length - 50);
    found.push({ saidMs: 10 * at, heardMs: 10 * lag, correlation });
  }
  return found.sort((a, b) => b.correlation - a.correlation).slice(0, 3);
}

function loudness(sound: Float32Array, frame: number): Float32Array {
  return Float32Array.from({ length: Math.floor(sound.length / frame) }, (_, i) =>
    rms(sound.subarray(i * frame, (i + 1) * frame)),
  );
}

it('brings what a WebRTC peer says to the bot, as it was said, in the time of the session', async () => {
  const { session } = await openEnginelessSession();
  owned.push(() => session.close());
  const bot = await openWebSocket(session);
  owned.push(() => bot.stop());
  const packets: { atMs: number; mediaTimeMs: number; samples: Float32Array }[] = [];
  bot.client.on('message', () => {
    const message = bot.received.at(-1);
    if (message?.type !== 'user.audio') return;
    const { mediaTimeMs, data } = message;
    packets.push({ atMs: performance.now(), mediaTimeMs, samples: s16leToFloat(data) });
  });
  bot.send({ type: 'hello', version: WIRE_VERSION, outputs: { userAudio: 'pcm' } });

  const microphone = new MediaStreamTrack({ kind: 'audio' });
  const { peer, sdp } = await offerOfWerift(microphone);
  const { connection, answerSdp } = await WebRtcConnection.accept(session, sdp, { voiceInput: 'listen' });
  owned.push(
    () => connection.close(),
    () => peer.close(),
  );
  connection.attach(session);
  const connected = new Promise<void>((resolve) => connection.once('connected', resolve));
  await peer.setRemoteDescription({ type: 'answer', sdp: answerSdp });
  await connected;

  const voice = await sampleVoice(4);
  const sentMs = await speakByRtp(microphone, voice);
  await expect.poll(() => packets.length, { timeout: 5000 }).toBeGreaterThan(sentMs.length / 2);

  const heard = Float32Array.from(packets.flatMap(({ samples }) => [...samples]));
  const found = find(voice, heard);
  const delaysMs = found.map(({ saidMs, heardMs }) => {
    const packet = packets[Math.floor(heardMs / PACKET_MS)];
    return packet.atMs - sentMs[Math.floor(saidMs / PACKET_MS)];
  });
  for (const { correlation } of found) expect(correlation).toBeGreaterThan(0.9);
  expect(found.length).toBe(3);
  // Our packet of 20 ms and the jitter buffer; the rest is the machine's.
  expect(Math.min(...delaysMs)).toBeLessThan(1000);
  packets.slice(1).forEach(({ mediaTimeMs }, i) => {
    expect(mediaTimeMs).toBeGreaterThanOrEqual(packets[i].mediaTimeMs + PACKET_MS);
  });
  expect(bot.received.map(({ type }) => type)).toContain('user.started');
}, 30_000);
