/**
 * Answers WebRTC offers in a process of its own, so that its processor time can be told from the browser's.
 * `pictures`: sends the material by our encoders and transport; `live`: the whole path, with model and renderer.
 *
 * Run: node vultus-server.ts pictures|live '{"pictures": …, "voice": …}'; it prints its port.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { s16leToFloat } from '../../src/audio/pcm.ts';
import { WebRtcConnection } from '../../src/connection/webrtc/webrtc-connection.ts';
import type { SessionApi } from '../../src/session/session-api.ts';
import { TestSession, type TestSource } from '../../test/support/test-session.ts';
import { galleryRig, openSession, sampleVoice, speakInRealTime, startEngine } from '../fixtures.ts';
import { FRAME_MS, type Material, paintMarks, SAMPLE_RATE_HZ, SIZE } from './material.ts';

/** What aiortc's encoder starts with. */
const BITRATE_KBPS = 1000;

const [mode, json] = process.argv.slice(2);
const openOne = mode === 'live' ? await liveSessions() : pictureSessions(JSON.parse(json));

const server = createServer(async (request, response) => {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>peer</title>');
    return;
  }
  const session = await openOne();
  const offer = await text(request);
  const { connection, answerSdp } = await WebRtcConnection.accept(session, offer, { voiceInput: 'listen' });
  connection.attach(session);
  connection.once('closed', () => session.close());
  response.end(answerSdp);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

async function liveSessions(): Promise<() => Promise<SessionApi>> {
  const [rig, voice, engine] = await Promise.all([galleryRig(), sampleVoice(), startEngine()]);
  return async () => {
    const session = await openSession(engine, rig, { bitrateKbps: BITRATE_KBPS });
    session.once('closed', speakInRealTime(session, voice));
    return session;
  };
}

function pictureSessions(material: Material): () => Promise<SessionApi> {
  const pictures = readFileSync(material.pictures);
  const voice = s16leToFloat(readFileSync(material.voice));
  const bytes = (SIZE * SIZE * 3) / 2;
  const source: TestSource = {
    picture(mediaTimeMs) {
      const at = (Math.round(mediaTimeMs / FRAME_MS) * bytes) % pictures.length;
      const data = Uint8Array.from(pictures.subarray(at, at + bytes));
      paintMarks(data, Date.now(), mediaTimeMs);
      return { width: SIZE, height: SIZE, data };
    },
    voice(mediaTimeMs, length) {
      const at = ((mediaTimeMs * SAMPLE_RATE_HZ) / 1000) % voice.length;
      return voice.slice(at, at + length);
    },
  };
  return async () => new TestSession('h264', SIZE, BITRATE_KBPS, source);
}
