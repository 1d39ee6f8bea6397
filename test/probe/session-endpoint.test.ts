import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendPiece } from '../../src/probe/checks/speaking.ts';
import { Recorder } from '../../src/probe/measure/recorder.ts';
import { pieceOf } from '../../src/probe/voice.ts';
import { WebRtcEndpoint } from '../../src/probe/vultus/webrtc-endpoint.ts';
import { WebSocketEndpoint } from '../../src/probe/vultus/websocket-endpoint.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const PATIENCE_MS = 60_000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ apiKey: 'a-key-of-this-test' });
}, 180_000);
afterAll(() => server.close());

describe.each([WebSocketEndpoint, WebRtcEndpoint])('%o', { timeout: 180_000 }, (Endpoint) => {
  it('says, hears and sees, and tells each end', async () => {
    const endpoint = new Endpoint({ url: server.url, apiKey: 'a-key-of-this-test' });
    const recorder = new Recorder();
    recorder.keepsPictures = true;
    try {
      await endpoint.join(recorder);
      const isSeen = () => recorder.pictures.length > 0;
      expect(await recorder.until(isSeen, PATIENCE_MS)).toBe(true);
      // A picture: neither a lamp nor the green of a decoder that has nothing to show.
      const { data, width, height } = recorder.pictures[0];
      expect(data.length).toBe((width * height * 3) / 2);
      expect(new Set(data.subarray(0, width * height)).size).toBeGreaterThan(50);

      const tone = Float32Array.from({ length: 96_000 }, (_, i) => 0.5 * Math.sin(i / 10));
      const piece = pieceOf(tone);
      await sendPiece(endpoint, { ...piece, chunks: piece.chunks.slice(0, 25) });
      expect(await recorder.until(() => recorder.ends.length > 0, PATIENCE_MS)).toBe(true);
      expect(recorder.starts).toBe(1);
      expect(recorder.ends[0]).toMatchObject({ interrupted: false });
      expect(recorder.ends[0].playedMs).toBeCloseTo(500, -1);
      const isHeard = () => recorder.sounds.some(({ value }) => value > 0.2);
      expect(await recorder.until(isHeard, PATIENCE_MS)).toBe(true);

      recorder.clean();
      await sendPiece(endpoint, piece);
      expect(await recorder.until(isHeard, PATIENCE_MS)).toBe(true);
      await endpoint.clear();
      expect(await recorder.until(() => recorder.ends.length > 1, PATIENCE_MS)).toBe(true);
      expect(recorder.ends[1]).toMatchObject({ interrupted: true });
      expect(recorder.lostWhy).toBeUndefined();
    } finally {
      await endpoint.close();
    }
    const { sessions } = await (
      await fetch(`${server.url}/v1/sessions`, { headers: { authorization: 'Bearer a-key-of-this-test' } })
    ).json();
    expect(sessions).toEqual([]);
  });

  it('says why it is refused', async () => {
    const endpoint = new Endpoint({ url: server.url, apiKey: 'another-key' });
    await expect(endpoint.join(new Recorder())).rejects.toThrow(/unauthorized/);
    await endpoint.close();
  });
});
